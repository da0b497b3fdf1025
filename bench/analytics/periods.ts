const DAY_MS = 86_400_000;

/** What is asked of: days back from the end, of one app or of all. */
export interface AskedPeriod {
  readonly name: string;
  readonly app: string;
  readonly from: Date;
  readonly to: Date;
}

const APP = 'demo';
const SHAPES = [
  { name: '7d-one-app', app: APP, days: 7, ago: 0 },
  { name: '30d-one-app', app: APP, days: 30, ago: 0 },
  { name: '7d-all-apps', app: '', days: 7, ago: 0 },
  { name: '30d-all-apps', app: '', days: 30, ago: 0 },
  // The resolutions of the first days are of sessions that nobody has seen.
  { name: '7d-one-app-two-years-ago', app: APP, days: 7, ago: 715 },
] as const;

/** The names of all, in the order of the table. */
export const PERIODS: readonly string[] = SHAPES.map(({ name }) => name);

/** The periods that lie in a history of so many days. */
export function periodsOf(end: Date, historyDays: number): AskedPeriod[] {
  const daysBefore = (days: number) => new Date(end.getTime() - days * DAY_MS);
  return SHAPES.filter(({ days, ago }) => days + ago <= historyDays).map(({ name, app, days, ago }) => ({
    name,
    app,
    from: daysBefore(days + ago),
    to: daysBefore(ago),
  }));
}
