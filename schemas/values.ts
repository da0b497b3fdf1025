import { isJsonObject } from './json.ts';

/**
 * Readers of the vendor's loosely typed values. Each takes whatever arrived and answers in one type, so that the
 * rules for "number or digits", "true or "true"" and "null or missing" stand in one place.
 */

const DAY_MS = 86_400_000;
const EARLIEST_MS = Date.UTC(2010, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(?:(Z|[+-]\d{2})(?::?(\d{2}))?)?$/i;
/** Digits of which a double holds all. */
export const SAFE_DIGITS = 15;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Text of a scalar; empty for null, missing, and anything that is not a scalar. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The first of the values that has any text. */
export function firstText(...values: unknown[]): string {
  return values.map(text).find((found) => found !== '') ?? '';
}

const NO_ID = /^\s*(?:0*|0{8}(?:-0{4}){3}-0{12}|null|undefined|nan)\s*$/i;

/** Whether an id means "none": the vendor writes 0, "0", "000" and "" for it, other programs the rest. */
export function isNoId(value: unknown): boolean {
  return NO_ID.test(text(value));
}

/** Text of an id; empty where it means "none". */
export function idText(value: unknown): string {
  return isNoId(value) ? '' : text(value);
}

/** Decimal digits of an unsigned 64-bit id, as text because a double cannot hold them all; "0" when there is none. */
export function uint64(value: unknown): string {
  const digits = text(value).trim();
  if (!/^\d{1,20}$/.test(digits)) return '0';
  if (digits.length <= SAFE_DIGITS) return String(Number(digits));
  const number = BigInt(digits);
  return number <= MAX_UINT64 ? number.toString() : '0';
}

/** The first of the values that is an unsigned id other than 0. */
export function firstUint64(...values: unknown[]): string {
  return values.map(uint64).find((found) => found !== '0') ?? '0';
}

/** A flag sent as boolean, as "true"/"false" or as 1/0; false for anything else. */
export function flag(value: unknown): boolean {
  return (
    value === true ||
    value === 1 ||
    value === '1' ||
    (typeof value === 'string' && value.toLowerCase() === 'true')
  );
}

/** A member of a value that may be no object at all. */
export function member(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Milliseconds since 1970 of any spelling the vendor uses: Unix seconds (or milli-, micro-, nanoseconds, told apart
 * by their size, since `unix_nano_timestamp` really holds milliseconds), ISO 8601 with a zone, and ISO 8601 or
 * `YYYY-MM-DD HH:MM:SS` without one, which are UTC.
 */
export function instant(value: unknown): number | undefined {
  if (typeof value === 'number') return unixInstant(value);
  if (typeof value !== 'string') return undefined;
  const spelled = value.trim();
  if (/^\d{9,19}$/.test(spelled)) return unixInstant(Number(spelled));
  const parts = ISO.exec(spelled);
  if (parts === null) return undefined;
  const [, date, clock = '00:00', hours = '+00', minutes = '00'] = parts;
  const parsed = Date.parse(`${date}T${clock}${hours.toUpperCase() === 'Z' ? '+00' : hours}:${minutes}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function unixInstant(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  if (value < 1e11) return Math.round(value * 1_000);
  if (value < 1e14) return Math.round(value);
  if (value < 1e17) return Math.round(value / 1e3);
  return Math.round(value / 1e6);
}

/** Whether an event could have happened then: not before 2010, and at most a day after it was received. */
export function isPlausible(occurredMs: number, receivedMs: number): boolean {
  return occurredMs >= EARLIEST_MS && occurredMs <= receivedMs + DAY_MS;
}

/**
 * Whether a time can tell two events apart. What stands for "no time" cannot, in whatever spelling: 0, the years 1,
 * 1970 and 9999, words. It asks nothing of when the event was received: a redelivery must be judged alike for ever.
 */
export function isDistinctiveTime(value: unknown): boolean {
  const ms = instant(value);
  return ms !== undefined && ms >= EARLIEST_MS && ms < LATEST_MS;
}
