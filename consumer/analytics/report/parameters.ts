import type { Query } from './library.ts';

/** What a query can be asked with; a query takes of it what it knows, and ignores the rest. */
export interface QueryValues {
  /** The Qiscus app; empty or absent for all. */
  readonly app?: string | undefined;
  /** As the vendor spells it; empty or absent for all. */
  readonly channel?: string | undefined;
  /** The period: from `from` up to, not including, `to`; whole seconds count. */
  readonly from: Date;
  readonly to: Date;
  /** IANA time zone of days and hours. */
  readonly tz: string;
  /** An agent's id or e-mail address; empty or absent for all. */
  readonly agent?: string | undefined;
  /** 1 Monday to 7 Sunday; absent for all. */
  readonly weekday?: number | undefined;
  /** Local hour, 0 to 23; absent for all. */
  readonly hour?: number | undefined;
  /** `open`, `resolved`, `unresolved`, `waiting`, `reopened` or `noted`, where the query knows it; absent for all. */
  readonly state?: string | undefined;
  /** Bounds of the time to resolve, or of the age, seconds: from `min_seconds` up to, not including, `max_seconds`. */
  readonly min_seconds?: number | undefined;
  readonly max_seconds?: number | undefined;
}

/** A value that a query cannot be asked with; the message names it and says what it must be. */
export class QueryInputError extends Error {
  override readonly name = 'QueryInputError';
}

const ALL = {
  app: '',
  channel: '',
  agent: '',
  weekday: 0,
  hour: -1,
  state: '',
  min_seconds: -1,
  max_seconds: -1,
};

/**
 * The query's parameters as ClickHouse takes them; times as Unix seconds, which no server's time zone bends.
 * @throws QueryInputError when a value does not fit, or the query has a parameter that nobody gives
 */
export function queryParameters(query: Query, values: QueryValues): Record<string, string | number> {
  check(values);
  const asked = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const all = { ...ALL, ...asked, from: unixSeconds(values.from), to: unixSeconds(values.to) };
  return Object.fromEntries(query.parameters.map(({ name }) => [name, given(all, name, query)]));
}

function given(all: Record<string, unknown>, name: string, query: Query): string | number {
  const value = all[name];
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new QueryInputError(`${query.name} needs ${name}, which nothing gives`);
}

function check({ from, to, tz, weekday = 1, hour = 0, min_seconds = 0, max_seconds = 0 }: QueryValues): void {
  if (!(unixSeconds(from) >= 0) || !(unixSeconds(to) < 2 ** 32))
    throw new QueryInputError('from and to must be times between 1970 and 2106');
  if (from >= to) throw new QueryInputError('from must be before to');
  if (!isTimeZone(tz)) throw new QueryInputError('tz must be an IANA time zone, such as Asia/Jakarta');
  if (!isInteger(weekday, 1, 7)) throw new QueryInputError('weekday must be 1 (Monday) to 7 (Sunday)');
  if (!isInteger(hour, 0, 23)) throw new QueryInputError('hour must be 0 to 23');
  if (!isInteger(min_seconds, 0) || !isInteger(max_seconds, 0))
    throw new QueryInputError('min_seconds and max_seconds must be whole seconds, 0 or more');
}

function isInteger(value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/** Whether it is the name of a time zone; ClickHouse knows the same ones, but no offsets such as `+07:00`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
