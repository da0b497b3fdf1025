import type { Random } from './random.ts';

/**
 * The support team's calendar: Asia/Jakarta, seven hours ahead of UTC all year. A day is a number: local days since
 * 1970-01-01.
 */

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const AHEAD_MS = 7 * HOUR_MS;

/** The local day of an instant. */
export function dayOf(ms: number): number {
  return Math.floor((ms + AHEAD_MS) / DAY_MS);
}

/** The instant at which a local day begins. */
export function startOfDay(day: number): number {
  return day * DAY_MS - AHEAD_MS;
}

/** 1 Monday to 7 Sunday. */
export function weekdayOf(day: number): number {
  return ((day + 3) % 7) + 1;
}

/** Local hours since midnight, with their fraction. */
export function hourOf(ms: number): number {
  return (ms - startOfDay(dayOf(ms))) / HOUR_MS;
}

/** How busy each weekday is, Monday to Sunday; Monday brings what the weekend left. */
const DAY_WEIGHTS = [1.25, 1.1, 1, 0.95, 1, 0.55, 0.4];
/** How busy each local hour is: a morning and an afternoon peak, a smaller one after dinner, little at night. */
const HOUR_WEIGHTS = [2, 1, 1, 0.5, 0.5, 1, 3, 6, 12, 18, 20, 16, 10, 14, 18, 17, 14, 11, 9, 10, 11, 8, 5, 3];
const HOURS = HOUR_WEIGHTS.map((weight, hour) => ({ hour, weight }));

/** How busy a day is; 1 is a usual working day. */
export function dayWeight(day: number): number {
  return DAY_WEIGHTS[weekdayOf(day) - 1] ?? 1;
}

/** An instant of the day at which a customer writes, whole seconds. */
export function arrival(day: number, random: Random): number {
  const { hour } = random.pick(HOURS, ({ weight }) => weight);
  return startOfDay(day) + hour * HOUR_MS + Math.floor(random.next() * 3600) * SECOND_MS;
}
