import { ClickHouseError } from '@clickhouse/client';
import { SettingsError } from '../../schemas/settings.ts';
import { describeFault } from '../persist/faults.ts';

/** The command cannot do what it was asked; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Exit codes: all that was asked for stands, or not. */
export type ExitCode = 0 | 1;

/**
 * Runs a command and ends the process with its exit code. Bad arguments, bad settings and servers that do not answer
 * are told in a sentence; a bug shows its stack.
 */
export async function runCommand(command: () => Promise<ExitCode>): Promise<void> {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', () => process.exit(1));
  try {
    process.exitCode = await command();
  } catch (error) {
    const told = explanation(error);
    if (told === undefined) throw error;
    console.error(told);
    process.exitCode = 1;
  }
}

function explanation(error: unknown): string | undefined {
  if (error instanceof CommandError || error instanceof SettingsError) return error.message;
  if (error instanceof ClickHouseError || isSocketError(error)) {
    const { code, hint } = describeFault(error);
    return `ClickHouse refuses or does not answer: ${code}. ${hint}`;
  }
  // What parseArgs throws names the option; its codes begin alike.
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    return error.message;
  }
  return undefined;
}

function isSocketError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}

/**
 * An instant given on the command line: ISO 8601, UTC where it names no zone.
 * @returns milliseconds since 1970 @throws CommandError
 */
export function instantOption(name: string, value: string): number {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(value) || /^\d{4}-\d{2}-\d{2}$/.test(value);
  const ms = Date.parse(hasZone ? value : `${value}Z`);
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(ms)) return ms;
  throw new CommandError(`--${name} must be a time such as 2026-03-01 or 2026-03-01T09:30:00Z`);
}
