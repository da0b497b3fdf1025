import { InvalidArgumentError } from '@commander-js/extra-typings';

/**
 * An instant: ISO 8601, UTC where it names no zone.
 * @returns milliseconds since 1970 @throws InvalidArgumentError
 */
export function instantMs(value: string): number {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(value) || /^\d{4}-\d{2}-\d{2}$/.test(value);
  const ms = Date.parse(hasZone ? value : `${value}Z`);
  if (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError('It must be a time such as 2026-03-01 or 2026-03-01T09:30:00Z.');
}

/** A whole number within these bounds, both included. @throws InvalidArgumentError */
export function wholeNumber({ from = 0, to = Number.MAX_SAFE_INTEGER } = {}): (value: string) => number {
  const most = to === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${to}`;
  return (value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`It must be a whole number, ${from}${most}.`);
  };
}

/** A number above zero. @throws InvalidArgumentError */
export function positiveNumber(value: string): number {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}

const MOST_SECONDS = 1_000_000;

/** A time to wait, in seconds. @throws InvalidArgumentError */
export function waitSeconds(value: string): number {
  const seconds = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && seconds <= MOST_SECONDS) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds, 0 to ${MOST_SECONDS}.`);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A moment in the past: so long ago, as `10m`, or an instant as `instantMs` takes it.
 * @returns milliseconds since 1970 @throws InvalidArgumentError
 */
export function pastMs(value: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  if (amount !== undefined) return Date.now() - Number(amount) * (UNITS_MS[unit] ?? 0);
  try {
    return instantMs(value);
  } catch {
    throw new InvalidArgumentError(
      'It must be such as 30s, 10m, 2h or 1d, or a time such as 2026-03-01T09:30:00Z.',
    );
  }
}
