import { parseArgs } from 'node:util';

export const USAGE = `npm run audit -- [options]  says whether every accepted event is where it should be

  --app <id>        one Qiscus app (default: all)
  --wait <seconds>  how long to wait for what is in flight (default: 10)
  --json            for programs

Exit code: 0 the books balance, or all that is not there yet is in flight; 1 events are missing or unexpected;
2 it cannot be said, because a part did not answer.
`;

/** What the command line asks for. */
export interface AuditRequest {
  readonly app: string | undefined;
  readonly waitMs: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** The command line does not fit; the message says what of it. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** Reads the command line. @throws ArgumentError */
export function readArguments(args: readonly string[]): AuditRequest {
  const { app, wait, json, help } = parse(args);
  const seconds = Number(wait);
  if (!(seconds >= 0)) throw new ArgumentError('--wait must be a number of seconds');
  return { app, waitMs: seconds * 1_000, json, help };
}

function parse(args: readonly string[]) {
  const options = {
    app: { type: 'string' },
    wait: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // The only thing it throws for what a user typed.
    if (error instanceof TypeError) throw new ArgumentError(error.message);
    throw error;
  }
}
