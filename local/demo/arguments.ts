import { InvalidArgumentError } from '@commander-js/extra-typings';
import { commandLine } from '../../consumer/cli/command.ts';
import { instantMs, positiveNumber, wholeNumber } from '../../consumer/cli/values.ts';

const MOST_DAYS = 1_000;
const KNOWN_ALREADY = `
Sent again, the same week counts only for what happened since: everything else is known already.
`;

/** What the command line asks for. */
export interface DemoOptions {
  readonly days: number;
  readonly seed: number;
  readonly app: string;
  /** Milliseconds since 1970; absent for now. */
  readonly endMs?: number | undefined;
  readonly rate?: number | undefined;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** Reads the command line. @throws CommanderError */
export function readArguments(args: readonly string[]): DemoOptions {
  const description = 'Sends the samples and a simulated support week, and reports on it.';
  const { end, ...options } = commandLine('demo', description)
    .option('--days <n>', 'whole days before today, Asia/Jakarta', wholeNumber({ to: MOST_DAYS }), 7)
    .option('--end <time>', "the week's last instant, ISO 8601, not in the future (default: now)", instantMs)
    .option('--seed <n>', 'another seed is another week', wholeNumber(), 1)
    .option('--rate <n>', 'webhooks per second at most (default: as fast as they are taken)', positiveNumber)
    .option('--app <name>', 'the app that they are sent for', appName, 'demo')
    .option('--url <url>', 'the Worker (default: http://127.0.0.1:8787, or as WORKER_PORT says)', address)
    .option('--token <t>', "the app's webhook token (default: as WEBHOOK_TOKENS says, else local-token)")
    .addHelpText('after', KNOWN_ALREADY)
    .parse(args, { from: 'user' })
    .opts();
  return { ...options, endMs: end };
}

function appName(value: string): string {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be letters, digits, dots, dashes and underscores, 100 at most.');
}

function address(value: string): string {
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href;
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:8787.');
}
