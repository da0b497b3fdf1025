/** `YYYY-MM-DD HH:MM:SS.mmm`, UTC: what ClickHouse reads as DateTime64 without any setting. */
export type DateTimeText = string;

const DAY_MS = 86_400_000;
/** Events come from few days; a backlog, or who means ill, from more than are kept. */
const MOST_DAYS = 1_000;
const PAIRS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

const dates = new Map<number, string>();

/** A time as ClickHouse's text. @param ms milliseconds since 1970, years 0 to 9999 */
export function dateTime(ms: number): DateTimeText {
  const day = Math.floor(ms / DAY_MS);
  const rest = Math.floor(ms - day * DAY_MS);
  const seconds = Math.floor(rest / 1_000);
  const clock = `${PAIRS[Math.floor(seconds / 3_600)]}:${PAIRS[Math.floor(seconds / 60) % 60]}`;
  return `${dateOf(day)} ${clock}:${PAIRS[seconds % 60]}.${String(rest % 1_000).padStart(3, '0')}`;
}

function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (dates.size >= MOST_DAYS) dates.clear();
  dates.set(day, date);
  return date;
}
