import { Command, CommanderError } from '@commander-js/extra-typings';
import { SettingsError } from '../../schemas/settings.ts';

/** The command cannot do what it was asked; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** 0: all that was asked for stands; 1: not, or it could not be done; 2: where a command tells the two apart, the latter. */
export type ExitCode = 0 | 1 | 2 | 3;

/**
 * A command line as people write it: with --help, and with a word on what does not fit. Its parsing throws
 * CommanderError, once commander has written what there is to say; `runCommand` takes it.
 * @param script its name in package.json
 */
export function commandLine(script: string, description: string) {
  return new Command(`npm run ${script} --`)
    .description(description)
    .helpOption('-h, --help', 'show this')
    .showHelpAfterError(`Run "npm run ${script} -- --help" for what it takes.`)
    .exitOverride();
}

/** How a command ends where it cannot go on. */
export interface RunOptions {
  /** The exit code of a command that could not do its work. */
  readonly failed?: ExitCode;
  /** Called when a reader that has seen enough, such as `head`, is gone; the process ends unless this is given. */
  readonly onHangUp?: () => void;
}

/**
 * Runs a command and sets the exit code of the process. What a user typed, settings that do not fit and whatever else
 * a CommandError says are told in a sentence; a bug shows its stack.
 */
export async function runCommand(
  command: () => Promise<ExitCode>,
  { failed = 1, onHangUp = () => process.exit(failed) }: RunOptions = {},
): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onHangUp);
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : failed;
    else if (error instanceof CommandError || error instanceof SettingsError) {
      console.error(error.message);
      process.exitCode = failed;
    } else throw error;
  }
}
