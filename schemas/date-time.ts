import { fixedTime } from './fixed-time.ts';

const FIXED = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Beyond these ClickHouse's DateTime64(3) cannot hold a time: its row would be refused. */
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2299, 0, 1);

/** Whether a DateTime64(3) column can hold a time. @param ms milliseconds since 1970 */
export function fitsDateTime(ms: number): boolean {
  return ms >= EARLIEST_MS && ms < LATEST_MS;
}

/**
 * Milliseconds since 1970 of an RFC 3339 time, as CloudEvents has them, from 1900 to 2298; undefined for all else.
 * `Date` alone reads much that is no RFC 3339, and 30 February as 2 March.
 */
export function rfc3339(spelled: string): number | undefined {
  // As `toISOString` spells it, which nearly all are.
  const ms = FIXED.test(spelled) ? fixedTime(spelled) : anyRfc3339(spelled);
  return fitsDateTime(ms) ? ms : undefined;
}

function anyRfc3339(spelled: string): number {
  const upper = spelled.toUpperCase();
  const [, year, month, day] = RFC_3339.exec(upper) ?? [];
  if (year === undefined || Number(day) > daysOf(Number(year), Number(month))) return Number.NaN;
  return Date.parse(upper);
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
