import { type Asked, serverNow } from './ask.ts';

const HOUR_MS = 3_600_000;

/** The periods that end now, by length. */
export const PERIODS = {
  '24h': { label: 'Last 24 hours', hours: 24 },
  '7d': { label: 'Last 7 days', hours: 7 * 24 },
  '30d': { label: 'Last 30 days', hours: 30 * 24 },
  '90d': { label: 'Last 90 days', hours: 90 * 24 },
} as const;
export type PeriodName = keyof typeof PERIODS | 'custom';

export const DEFAULT_TZ = 'Asia/Jakarta';

/** What is shown. The URL holds all of it, so that it can be shared and the browser's back button works. */
export interface View {
  readonly period: PeriodName;
  /** Of a custom period: the first and the last day, `2026-11-01`, local. */
  readonly from: string;
  readonly through: string;
  readonly app: string;
  readonly channel: string;
  readonly tz: string;
  /** The query whose rows are opened, empty for none, and what narrows it beyond the filters. */
  readonly rows: string;
  readonly narrowed: Asked;
}

const NARROWED = 'rows.';

/** Reads the view out of a URL's query; what does not fit is as if it were not there. */
export function readView(search: string): View {
  const params = new URLSearchParams(search);
  const text = (name: string) => params.get(name) ?? '';
  const day = (name: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text(name)) ? text(name) : '');
  const [from, through] = [day('from'), day('through')];
  const named = Object.hasOwn(PERIODS, text('period')) ? (text('period') as keyof typeof PERIODS) : '7d';
  const narrowed = [...params].filter(([name]) => name.startsWith(NARROWED));
  return {
    period: from !== '' && from <= through ? 'custom' : named,
    from,
    through,
    app: text('app'),
    channel: text('channel'),
    tz: text('tz') || DEFAULT_TZ,
    rows: text('rows'),
    narrowed: Object.fromEntries(narrowed.map(([name, value]) => [name.slice(NARROWED.length), value])),
  };
}

/** The URL of a view, with no more in it than it needs. */
export function hrefOf({ period, from, through, app, channel, tz, rows, narrowed }: View): string {
  const when = period === 'custom' ? { from, through } : { period: period === '7d' ? '' : period };
  const opened =
    rows === ''
      ? {}
      : Object.fromEntries(Object.entries(narrowed).map(([name, value]) => [NARROWED + name, value]));
  const all = { ...when, app, channel, tz: tz === DEFAULT_TZ ? '' : tz, rows, ...opened };
  const given = Object.entries(all).filter(([, value]) => value !== '');
  return given.length === 0 ? '/' : `/?${new URLSearchParams(given)}`;
}

/** The URL that opens the rows behind a number. */
export function rowsHref(view: View, rows: string, narrowed: Asked = {}): string {
  return hrefOf({ ...view, rows, narrowed });
}

/** What a view asks a query with. When now is, the server says: all open pages ask the same, and share its answer. */
export function askedBy(view: View): Asked {
  const { app, channel, tz } = view;
  if (view.period === 'custom') return { app, channel, tz, from: view.from, to: dayAfter(view.through) };
  return { app, channel, tz, from: `now-${PERIODS[view.period].hours}h`, to: 'now' };
}

/** When a view's period begins and ends, Unix milliseconds; of days, in UTC. */
export function boundsOf(view: View): { fromMs: number; toMs: number } {
  if (view.period === 'custom')
    return { fromMs: Date.parse(view.from), toMs: Date.parse(dayAfter(view.through)) };
  const toMs = serverNow();
  return { fromMs: toMs - PERIODS[view.period].hours * HOUR_MS, toMs };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);
}
