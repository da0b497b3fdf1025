import { Option } from '@commander-js/extra-typings';
import { commandLine } from '../../cli/command.ts';
import { FORMATS, type Format } from './formats.ts';
import { isTimeZone, QueryInputError, type QueryValues } from './parameters.ts';
import { readPeriod } from './period.ts';

/** What the command line asks for. */
export type ReportRequest =
  | { readonly what: 'list' }
  | { readonly what: 'report'; readonly name: string; readonly format: Format; readonly values: QueryValues };

function command() {
  return commandLine('report', 'Asks one query of the library; without a name, lists them all.')
    .argument('[name]', 'the query')
    .option('--app <id>', 'a Qiscus app (default: all)')
    .option('--from <time>', '2026-11-01, "2026-11-01 14:30" or ISO 8601 (default: seven days before --to)')
    .option('--to <time>', 'up to, not including (default: now)')
    .option('--tz <zone>', 'time zone of days, hours and of --from and --to', 'Asia/Jakarta')
    .option('--channel <name>', 'wa, fb, … (default: all)')
    .option('--agent <id>', "an agent's id or e-mail address, for the lists")
    .option('--state <state>', 'open, resolved, unresolved, waiting, reopened or noted, for the lists')
    .addOption(new Option('--format <format>', 'how to write it').choices(FORMATS).default('table' as const));
}

/** What the command takes, to read. */
export const helpText = () => command().helpInformation();

/**
 * Reads the command line.
 * @throws CommanderError; QueryInputError naming the value that does not fit
 */
export function readArguments(args: readonly string[], now: Date): ReportRequest {
  const parsed = command().parse(args, { from: 'user' });
  const [name] = parsed.processedArgs;
  if (name === undefined) return { what: 'list' };
  const { format, from, to, tz, ...filters } = parsed.opts();
  if (!isTimeZone(tz)) throw new QueryInputError('--tz must be an IANA time zone, such as Asia/Jakarta');
  return { what: 'report', name, format, values: { ...readPeriod(from, to, tz, now), tz, ...filters } };
}
