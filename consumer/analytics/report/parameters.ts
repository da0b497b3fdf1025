import type { Query } from './library.ts';
import { readZone } from './time-zone.ts';

/** What a query can be asked with. The period and the time zone go with every query, the rest with those that take it. */
export interface QueryValues {
  /** The Qiscus app; empty or absent for all. */
  readonly app?: string | undefined;
  /** As the vendor spells it; empty or absent for all. */
  readonly channel?: string | undefined;
  /** The period: from `from` up to, not including, `to`; whole seconds count. */
  readonly from: Date;
  readonly to: Date;
  /** Time zone of days and hours: a name that readTimeZone takes. */
  readonly tz: string;
  /**
   * One agent; empty or absent for all. Digits are an id, whatever address its rows have. Anything else is an e-mail
   * address: every row that has it, of whatever id. `0 ani@example.com` is that address on rows without an id.
   */
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
  /** A room, a customer and an event, by the vendor's ids and ours; absent for all, where the query does not need it. */
  readonly room?: string | undefined;
  readonly customer?: string | undefined;
  readonly event?: string | undefined;
  /** Of a list: how many rows, 1 to 10,000, and how many to leave out before them; absent for the first 1,000. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** A value that a query cannot be asked with; the message names it and says what it must be. */
export class QueryInputError extends Error {
  override readonly name = 'QueryInputError';
}

const DAY_SECONDS = 86_400;
/** Rows of a list, where no other number is asked for. */
export const ROWS_OF_A_PAGE = 1_000;
const MOST_ROWS = 10_000;
const MOST_OFFSET = 1_000_000_000;
/** Longer than any id or address. */
const MOST_CHARACTERS = 500;
const IDS = ['app', 'channel', 'agent', 'state', 'room', 'customer', 'event'] as const;

const ALL = {
  app: '',
  channel: '',
  agent: '',
  room: '',
  customer: '',
  event: '',
  weekday: 0,
  hour: -1,
  state: '',
  min_seconds: -1,
  max_seconds: -1,
  limit: ROWS_OF_A_PAGE,
  offset: 0,
};

const WITH_EVERY_QUERY: readonly string[] = ['from', 'to', 'tz'];

/**
 * The query's parameters as ClickHouse takes them; times as Unix seconds, which no server's time zone bends.
 * @throws QueryInputError when a value does not fit, the query has a parameter that nobody gives, or the other way round
 */
export function queryParameters(query: Query, values: QueryValues): Record<string, string | number> {
  check(values);
  refuseUnknown(query, values);
  refuseMissing(query, values);
  const asked = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const all = {
    ...ALL,
    ...asked,
    tz: readTimeZone(values.tz),
    from: queryTime(values.from),
    to: queryTime(values.to),
  };
  return Object.fromEntries(query.parameters.map(({ name }) => [name, given(all, name, query)]));
}

/** Ignored, a filter would have the answer to another question pass for that to the one that was asked. */
function refuseUnknown({ name, parameters }: Query, values: QueryValues): void {
  const takes = [...new Set([...WITH_EVERY_QUERY, ...parameters.map((parameter) => parameter.name)])];
  const unknown = Object.entries(values).filter(
    ([filter, value]) => value !== undefined && value !== '' && !takes.includes(filter),
  );
  if (unknown.length === 0) return;
  const filters = unknown.map(([filter]) => filter).join(' and ');
  throw new QueryInputError(`${name} does not take ${filters}. It takes ${takes.join(', ')}.`);
}

/** An id of the vendor says nothing without its app, and the answer about no room at all would look like one. */
function refuseMissing({ name, needs }: Query, values: QueryValues): void {
  const given = Object.entries(values).flatMap(([filter, value]) => (value ? [filter] : []));
  const missing = needs.filter((filter) => !given.includes(filter));
  if (missing.length > 0) throw new QueryInputError(`${name} needs ${missing.join(' and ')}.`);
}

function given(all: Record<string, unknown>, name: string, query: Query): string | number {
  const value = all[name];
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new QueryInputError(`${query.name} needs ${name}, which nothing gives`);
}

function check(values: QueryValues): void {
  for (const name of IDS) {
    if ((values[name]?.length ?? 0) > MOST_CHARACTERS)
      throw new QueryInputError(`${name} must have ${MOST_CHARACTERS} characters at most`);
  }
  const { from, to, weekday = 1, hour = 0, min_seconds = 0, max_seconds = 0, limit = 1, offset = 0 } = values;
  if (!(unixSeconds(from) >= -DAY_SECONDS) || !(unixSeconds(to) < 2 ** 32))
    throw new QueryInputError('from and to must be times between 1970 and 2106');
  if (unixSeconds(from) >= unixSeconds(to)) throw new QueryInputError('from must be before to');
  if (!isInteger(weekday, 1, 7)) throw new QueryInputError('weekday must be 1 (Monday) to 7 (Sunday)');
  if (!isInteger(hour, 0, 23)) throw new QueryInputError('hour must be 0 to 23');
  if (!isInteger(min_seconds, 0) || !isInteger(max_seconds, 0))
    throw new QueryInputError('min_seconds and max_seconds must be whole seconds, 0 or more');
  if (!isInteger(limit, 1, MOST_ROWS)) throw new QueryInputError(`limit must be 1 to ${MOST_ROWS}`);
  if (!isInteger(offset, 0, MOST_OFFSET)) throw new QueryInputError(`offset must be 0 to ${MOST_OFFSET}`);
}

function isInteger(value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * Ten digits, as ClickHouse takes fewer for a year. East of Greenwich, the first day of 1970 begins in 1969, which its
 * DateTime cannot hold: nothing is there.
 *
 * Queries compare a row's time with `to` as DateTime64(3): of `< DateTime`, ClickHouse's index makes "a second before at
 * the latest", and would leave out a part whose rows all lie within that second.
 */
function queryTime(time: Date): string {
  return String(Math.max(unixSeconds(time), 0)).padStart(10, '0');
}

function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/**
 * The time zone that a text names, by its IANA name; the one place where a zone is taken or refused.
 * @param called what the user calls it by
 * @throws QueryInputError when it names none, with what to write instead
 */
export function readTimeZone(text: string, called = 'tz'): string {
  const reading = readZone(text);
  if (reading.isZone) return reading.name;
  throw new QueryInputError(`${called} must be an IANA time zone, such as Asia/Jakarta: ${reading.hint}`);
}
