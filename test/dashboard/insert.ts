import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { type Rows, supportWeek } from './support-week.ts';

/** The week that the tests show: Monday to Sunday, as Jakarta has them, and the query of a URL that asks for it. */
export const WEEK = { end: new Date('2026-11-15T17:00:00Z'), days: 7, busiest: 9 } as const;
export const WEEK_PAGE = 'from=2026-11-09&through=2026-11-15';
export const WEEK_API = 'from=2026-11-09&to=2026-11-16';

/** A database with two apps' week in it, of fewer sessions than a list gives at most; dropped after the test. */
export async function databaseOfAWeek(): Promise<Database> {
  const database = await freshDatabase();
  await insert(database, supportWeek({ ...WEEK, seed: 7, app: 'demo' }));
  await insert(database, supportWeek({ ...WEEK, seed: 8, app: 'shop', busiest: 2 }));
  return database;
}

/** Inserts rows into the tables, as the consumer does. */
export async function insert({ client }: Database, rows: Rows): Promise<void> {
  for (const [view, values] of Object.entries(rows)) {
    if (values.length > 0) await client.insert({ table: `${view}_rows`, values, format: 'JSONEachRow' });
  }
}
