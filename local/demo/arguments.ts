import { parseArgs } from 'node:util';
import { type } from 'arktype';
import { Trouble } from '../trouble.ts';

export const USAGE = `npm run demo [-- options]   sends the samples and a simulated support week, and reports on it

  --days <n>     whole days before today, Asia/Jakarta (default: 7)
  --end <time>   the week's last instant, ISO 8601, not in the future (default: now)
  --seed <n>     another seed is another week (default: 1)
  --rate <n>     webhooks per second at most (default: as fast as they are taken)
  --app <name>   the app that they are sent for (default: demo)
  --url <url>    the Worker (default: http://127.0.0.1:8787, or as WORKER_PORT says)
  --token <t>    the app's webhook token (default: as WEBHOOK_TOKENS says, else local-token)

Sent again, the same week counts only for what happened since: everything else is known already.
`;

const HELP = 'Run "npm run demo -- --help" for the options.';

/** What the command line asks for. */
export interface DemoOptions {
  readonly days: number;
  readonly seed: number;
  readonly app: string;
  /** Milliseconds since 1970; absent for now. */
  readonly endMs?: number;
  readonly rate?: number;
  readonly url?: string;
  readonly token?: string;
}

const text = { type: 'string' } as const;
const options = {
  days: { ...text, default: '7' },
  end: text,
  seed: { ...text, default: '1' },
  rate: text,
  app: { ...text, default: 'demo' },
  url: text,
  token: text,
  help: { type: 'boolean', short: 'h' },
} as const;

const schema = type({
  days: type('string.integer.parse').to('0 <= number <= 1000'),
  'end?': 'string.date.iso.parse',
  seed: 'string.integer.parse',
  'rate?': type('string.numeric.parse').to('number > 0'),
  app: /^[A-Za-z0-9._-]{1,100}$/,
  'url?': 'string.url.parse',
  'token?': 'string > 0',
  'help?': 'boolean',
});

/**
 * Reads the command line; undefined when it asks for help.
 * @throws Trouble naming each option that does not fit
 */
export function readArguments(args: readonly string[]): DemoOptions | undefined {
  const { values } = parse(args);
  const read = schema(values);
  if (read instanceof type.errors) {
    const problems = read.map(({ path, expected }) => `--${path.join('.')} must be ${expected}`);
    throw new Trouble(`${problems.join('; ')}. ${HELP}`);
  }
  const { days, seed, app, rate, token, end, url, help } = read;
  if (help === true) return undefined;
  return {
    days,
    seed,
    app,
    ...(rate !== undefined && { rate }),
    ...(token !== undefined && { token }),
    ...(end !== undefined && { endMs: end.getTime() }),
    ...(url !== undefined && { url: url.href }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    // The only thing it throws for what a user typed.
    if (error instanceof TypeError) throw new Trouble(`${error.message}. ${HELP}`);
    throw error;
  }
}
