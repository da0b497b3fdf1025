const DAY_MS = 86_400_000;

/** Making one costs more than all of its answers. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clock is ahead of UTC at an instant, milliseconds. @param tz a zone that Intl knows */
export function aheadMs(ms: number, tz: string): number {
  let format = formats.get(tz);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', { timeZone: tz, timeZoneName: 'longOffset' });
    formats.set(tz, format);
  }
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name) ?? [];
  const ahead = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ahead : ahead;
}

/**
 * The first instant at which a zone's clock shows a time. Where the clock is put forward over it, the instant at which
 * it is: a day without a midnight begins there, and no part of the day before it is taken along.
 * @param clockMs the wall clock's time, read as if it were UTC's
 */
export function instantOf(clockMs: number, tz: string): number {
  // No zone is a day away from UTC, and none changes its clock twice in two days.
  const before = aheadMs(clockMs - DAY_MS, tz);
  const after = aheadMs(clockMs + DAY_MS, tz);
  const shown = [clockMs - before, clockMs - after].filter((ms) => ms + aheadMs(ms, tz) === clockMs);
  return shown.length > 0 ? Math.min(...shown) : changeBetween(clockMs - after, clockMs - before, tz);
}

/** The instant of the one change of the clock in between. */
function changeBetween(fromMs: number, toMs: number, tz: string): number {
  const before = aheadMs(fromMs, tz);
  let [last, first] = [fromMs, toMs];
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (aheadMs(middle, tz) === before) last = middle;
    else first = middle;
  }
  return first;
}
