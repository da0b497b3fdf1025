const ZERO = 48;
const DATE_LENGTH = 10;
/** Events come from few days; a backlog, or who means ill, from more than are kept. */
const MOST_DAYS = 1_000;

const starts = new Map<string, number>();
/** The day that was asked for last: nearly all times of a stream are of one. */
let latest = { date: '9999-12-31', start: Date.UTC(9999, 11, 31) };

/**
 * Milliseconds since 1970 of a UTC time whose digits stand as in `2026-03-04 05:06:07.890`, whatever is between them
 * and behind; NaN for a day that does not exist. That digits stand there is for the caller to know.
 */
export function fixedTime(text: string): number {
  const pair = (at: number) => (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
  const seconds = pair(11) * 3_600 + pair(14) * 60 + pair(17);
  return startOfDay(text) + seconds * 1_000 + pair(20) * 10 + text.charCodeAt(22) - ZERO;
}

function startOfDay(text: string): number {
  if (text.startsWith(latest.date)) return latest.start;
  const date = text.slice(0, DATE_LENGTH);
  const start = starts.get(date) ?? readDay(date);
  // Of a shorter one, other days would be taken for the same.
  if (date.length === DATE_LENGTH) latest = { date, start };
  return start;
}

function readDay(date: string): number {
  const start = Date.parse(`${date}T00:00:00Z`);
  // `Date` reads 30 February as 2 March.
  const exists = !Number.isNaN(start) && new Date(start).toISOString().startsWith(date);
  if (starts.size >= MOST_DAYS) starts.clear();
  starts.set(date, exists ? start : Number.NaN);
  return exists ? start : Number.NaN;
}
