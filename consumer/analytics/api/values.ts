import { nearest } from '../report/nearest.ts';
import { QueryInputError, type QueryValues, readTimeZone } from '../report/parameters.ts';
import { movingName, readDay, readPeriod } from '../report/period.ts';

const TEXTS = ['app', 'channel', 'agent', 'state', 'room', 'customer', 'event'] as const;
const NUMBERS = ['weekday', 'hour', 'min_seconds', 'max_seconds', 'limit', 'offset'] as const;
const KNOWN: readonly string[] = ['from', 'to', 'day', 'tz', ...TEXTS, ...NUMBERS];

/** The time zone of days and hours where none is asked for. */
const DEFAULT_TZ = 'Asia/Jakarta';

/** What is asked of a query. */
export interface Asked {
  readonly values: QueryValues;
  /** The name of a period that moves with the clock; absent for one that stands still. */
  readonly moving?: string | undefined;
}

/**
 * What a URL asks a query with: the names and forms of `npm run report`; an empty value is as none.
 * @throws QueryInputError naming the parameter that does not fit
 */
export function readAsked(params: URLSearchParams, now: Date): Asked {
  for (const name of params.keys()) refuseUnknown(name);
  const given = (name: string) => params.get(name) || undefined;
  const tz = readTimeZone(given('tz') ?? DEFAULT_TZ);
  const [from, to, day] = [given('from'), given('to'), given('day')];
  const values = {
    ...(day === undefined ? readPeriod(from, to, tz, now) : readDay(day, { from, to }, tz)),
    tz,
    ...Object.fromEntries(TEXTS.map((name) => [name, given(name)])),
    ...Object.fromEntries(NUMBERS.map((name) => [name, wholeNumber(name, given(name))])),
  };
  return { values, moving: day === undefined ? movingName(from, to, tz) : undefined };
}

/** A misspelt filter that is ignored would answer another question. */
function refuseUnknown(name: string): void {
  if (KNOWN.includes(name)) return;
  const [near] = nearest(name, KNOWN);
  const hint = near === undefined ? `There are ${KNOWN.join(', ')}.` : `Did you mean ${near}?`;
  throw new QueryInputError(`There is no parameter ${JSON.stringify(name)}. ${hint}`);
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,12}$/.test(value)) return Number(value);
  throw new QueryInputError(`${name} must be a whole number, 0 or more`);
}
