const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const roundShare = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const points = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** `1,204`, as the browser's language writes it. */
export const count = (value: number): string => number.format(value);

/** `12.3%`. @param value 0 to 1 */
export const percent = (value: number): string => share.format(value);

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. @param seconds rounded down to what is shown */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `+12%`, `−3%`, `×12` where a share would have four digits, or `unchanged`. @param before not 0 */
export function change(now: number, before: number): string {
  if (before === now) return 'unchanged';
  if (now >= before * 10) return `×${count(Math.round(now / before))}`;
  const by = (now - before) / before;
  return `${by > 0 ? '+' : '−'}${roundShare.format(Math.abs(by))}`;
}

/**
 * The change of a share, in percentage points: `+0.3 pt`, `−2 pt` or `unchanged`. In per cent it would mislead: from
 * 13.4% to 13.7% is 2% more. @param now and @param before 0 to 1
 */
export function shareChange(now: number, before: number): string {
  return pointsChange((now - before) * 100);
}

/** `+0.3 pt`, `−2 pt` or `unchanged`, where none is shown. @param by percentage points */
export function pointsChange(by: number): string {
  const shown = points.format(Math.abs(by));
  if (shown === points.format(0)) return 'unchanged';
  return `${by > 0 ? '+' : '−'}${shown} pt`;
}

/** `Tue 24 Nov` of a local time as the queries write it: `2026-11-24 14:05:00.000`, `2026-11-24` or ISO 8601. */
export function localDay(text: string): string {
  return dayFormat.format(Date.parse(`${text.slice(0, 10)}T00:00Z`));
}

/** `Nov 2026`. */
export function localMonth(text: string): string {
  return monthFormat.format(Date.parse(`${text.slice(0, 10)}T00:00Z`));
}

/** `14:05`; with seconds, `14:05:09`. */
export function localClock(text: string, withSeconds = false): string {
  return text.slice(11, withSeconds ? 19 : 16);
}

/** `Tue 24 Nov, 14:05`. */
export function localTime(text: string): string {
  return `${localDay(text)}, ${localClock(text)}`;
}

/** The clock of a time zone at an instant, as ClickHouse writes it: `2026-11-24 14:05:09`. */
export function wallClock(ms: number, tz: string): string {
  // Swedish dates are ISO 8601's.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'medium' }).format(
    ms,
  );
}
