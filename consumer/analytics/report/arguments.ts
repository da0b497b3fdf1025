import { Option } from '@commander-js/extra-typings';
import { commandLine } from '../../cli/command.ts';
import { wholeNumber } from '../../cli/values.ts';
import { FORMATS, type Format } from './formats.ts';
import { type QueryValues, ROWS_OF_A_PAGE, readTimeZone } from './parameters.ts';
import { readDay, readPeriod } from './period.ts';

/** What the command line asks for. */
export type ReportRequest =
  | { readonly what: 'list' }
  | { readonly what: 'report'; readonly name: string; readonly format: Format; readonly values: QueryValues };

function command() {
  return commandLine('report', 'Asks one query of the library; without a name, lists them all.')
    .argument('[name]', 'the query')
    .option('--app <id>', 'a Qiscus app (default: all)')
    .option(
      '--from <time>',
      '2026-11-01, "2026-11-01 14:30", ISO 8601 or now-7d (default: seven days before --to)',
    )
    .option('--to <time>', 'up to, not including (default: now)')
    .option('--day <day>', 'one day, 2026-11-01, instead of --from and --to')
    .option('--tz <zone>', 'time zone of days, hours and of --from and --to', 'Asia/Jakarta')
    .option('--channel <name>', 'wa, fb, … (default: all)')
    .option('--agent <id>', 'an agent, for the lists: digits are an id, anything else an e-mail address')
    .option('--room <id>', 'a room, for its story')
    .option('--customer <id>', 'a customer, for their day')
    .option('--event <id>', 'an event, for its payload')
    .option('--state <state>', 'open, resolved, unresolved, waiting, reopened or noted, for the lists')
    .option('--weekday <day>', '1 (Monday) to 7 (Sunday), for the lists', wholeNumber({ from: 1, to: 7 }))
    .option('--hour <hour>', '0 to 23, in the time zone, for the lists', wholeNumber({ to: 23 }))
    .option('--min-seconds <n>', 'time to resolve, or age, from this on, for the lists', wholeNumber())
    .option('--max-seconds <n>', 'and below this', wholeNumber())
    .option(
      '--limit <rows>',
      `rows of a page, for the lists (default: ${ROWS_OF_A_PAGE})`,
      wholeNumber({ from: 1 }),
    )
    .option('--page <number>', 'the next page is 2, for the lists', wholeNumber({ from: 1 }))
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
  const { format, from, to, day, limit, page, minSeconds, maxSeconds, ...filters } = parsed.opts();
  const tz = readTimeZone(filters.tz, '--tz');
  const offset = page === undefined ? undefined : (page - 1) * (limit ?? ROWS_OF_A_PAGE);
  const period = day === undefined ? readPeriod(from, to, tz, now) : readDay(day, { from, to }, tz);
  const bounds = { min_seconds: minSeconds, max_seconds: maxSeconds, limit, offset };
  return {
    what: 'report',
    name,
    format,
    values: { ...period, ...filters, tz, ...bounds },
  };
}
