import { createInterface } from 'node:readline/promises';
import { CommandError } from '../../consumer/cli/command.ts';

/** Asks a person. @throws CommandError where there is none to ask, and `--yes` was not given */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError('Nothing was changed: give --yes to do it without being asked.');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
