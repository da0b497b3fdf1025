import { parseArgs } from 'node:util';
import { FORMATS, type Format } from './formats.ts';
import { QueryInputError, type QueryValues, readTimeZone } from './parameters.ts';
import { readPeriod } from './period.ts';

export const USAGE = `npm run report                      lists the queries
npm run report -- <name> [options]  asks one

  --app <id>        a Qiscus app (default: all)
  --from <time>     2026-11-01, "2026-11-01 14:30" or ISO 8601 (default: seven days before --to)
  --to <time>       up to, not including (default: now)
  --tz <zone>       time zone of days, hours and of --from and --to (default: Asia/Jakarta)
  --channel <name>  wa, fb, … (default: all)
  --agent <id>      an agent's id or e-mail address, for the lists
  --state <state>   open, resolved, unresolved, waiting, reopened or noted, for the lists
  --format <format> table, csv or json (default: table)
`;

/** What the command line asks for. */
export type ReportRequest =
  | { readonly what: 'list' }
  | { readonly what: 'help' }
  | { readonly what: 'report'; readonly name: string; readonly format: Format; readonly values: QueryValues };

const options = {
  app: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  tz: { type: 'string', default: 'Asia/Jakarta' },
  channel: { type: 'string' },
  agent: { type: 'string' },
  state: { type: 'string' },
  format: { type: 'string', default: 'table' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line.
 * @throws QueryInputError naming the option that does not fit
 */
export function readArguments(args: readonly string[], now: Date): ReportRequest {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (values.help === true) return { what: 'help' };
  if (name === undefined) return { what: 'list' };
  if (more.length > 0) throw new QueryInputError(`one report at a time: ${more.join(' ')} is one too many`);
  const { app, channel, agent, state } = values;
  const tz = readTimeZone(values.tz, '--tz');
  const as = FORMATS.find((known) => known === values.format);
  if (as === undefined) throw new QueryInputError(`--format must be ${FORMATS.join(', ')}`);
  const period = readPeriod(values.from, values.to, tz, now);
  return { what: 'report', name, format: as, values: { ...period, app, channel, agent, state, tz } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // The only thing it throws for what a user typed.
    if (error instanceof TypeError) throw new QueryInputError(error.message);
    throw error;
  }
}
