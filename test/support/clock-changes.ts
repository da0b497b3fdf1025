const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clock shows at an instant, read as if it were UTC's, milliseconds: by its figures alone. */
export function clockAt(ms: number, tz: string): number {
  let format = formats.get(tz);
  if (format === undefined) {
    const figures = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    const days = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: tz, ...days, ...figures });
    formats.set(tz, format);
  }
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN;
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown + (ms % 1000);
}

/** How far the clock is ahead of UTC, milliseconds. */
export function aheadAt(ms: number, tz: string): number {
  return clockAt(ms, tz) - ms;
}

/** The instants at which a zone's clock is put forward or back, ascending; whole seconds. */
export function clockChanges(tz: string, fromMs: number, toMs: number): number[] {
  const changes: number[] = [];
  let before = aheadAt(fromMs, tz);
  // No zone changes twice within four days.
  for (let ms = fromMs; ms < toMs; ms += 4 * DAY_MS) {
    const after = aheadAt(ms + 4 * DAY_MS, tz);
    if (before !== after) changes.push(changeWithin(ms, ms + 4 * DAY_MS, tz));
    before = after;
  }
  return changes;
}

function changeWithin(fromMs: number, toMs: number, tz: string): number {
  const before = aheadAt(fromMs, tz);
  let [last, first] = [fromMs / 1000, toMs / 1000];
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (aheadAt(middle * 1000, tz) === before) last = middle;
    else first = middle;
  }
  return first * 1000;
}

/** The last ten years and the year to come, as of the tests' writing. */
export const TEN_YEARS = { fromMs: Date.UTC(2016, 10, 1), toMs: Date.UTC(2027, 0, 1) } as const;
