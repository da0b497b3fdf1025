const DAY_MS = 86_400_000;

/** A month as partitions are named: 202409. */
export type Month = number;

/** When a month begins, milliseconds since 1970. */
export function beginMs(month: Month): number {
  return Date.UTC(Math.trunc(month / 100), (month % 100) - 1);
}

/** When it is over. */
export function endMs(month: Month): number {
  return Date.UTC(Math.trunc(month / 100), month % 100);
}

/** The month of a moment. */
export function monthOf(ms: number): Month {
  const date = new Date(ms);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** Whether all that can be in a month is older than so many days. */
export function isPast(month: Month, days: number, nowMs: number): boolean {
  return endMs(month) + days * DAY_MS <= nowMs;
}

/** `2024-09` */
export function monthText(month: Month): string {
  return new Date(beginMs(month)).toISOString().slice(0, 7);
}

/** `2024-10-01` */
export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
