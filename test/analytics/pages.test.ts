import { beforeAll, describe, expect, test } from 'vitest';
import { serveDashboard } from '../dashboard/serve.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { parseCsv } from '../support/csv.ts';
import { runScript } from '../support/programs.ts';
import { insert, logout, resolution, session } from './rows.ts';

const ROWS = 2_345;
const PERIOD = 'from=2026-11-01&to=2026-11-08';
const OPTIONS = ['--from', '2026-11-01', '--to', '2026-11-08'];
const LISTS = ['session-list', 'resolution-list', 'backlog-list', 'logout-list', 'returning-customers'];

let database: Database;
let url: string;
beforeAll(async () => {
  database = await freshDatabase();
  const numbers = Array.from({ length: ROWS }, (_, i) => i);
  // Three events in each second: only with a second key is their order the same each time.
  const at = (i: number, day: string) =>
    new Date(Date.parse(`2026-11-${day}T01:00:00Z`) + Math.floor(i / 3) * 1_000);
  const time = (i: number, day: string) => at(i, day).toISOString().replace('T', ' ').slice(0, 19);
  const id = (what: string, i: number) => ({ event_id: `${what} ${i}` });
  await insert(database, 'sessions', [
    // Resolved, then open, of one customer each: every list has as many rows.
    ...numbers.map((i) => session(`room ${i}`, time(i, '02'), id('first', i))),
    ...numbers.map((i) => session(`room ${i}`, time(i, '06'), id('second', i))),
  ]);
  await insert(
    database,
    'resolutions',
    numbers.map((i) => resolution(`room ${i}`, time(i, '04'), id('resolved', i))),
  );
  await insert(
    database,
    'agent_logouts',
    numbers.map((i) => logout(time(i, '03'), id('logout', i))),
  );
  url = await serveDashboard(database);
});

interface Page {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly total: number | null;
  readonly truncated: boolean;
  readonly next: string | null;
}

/** The column that tells the rows of a list apart. */
function keyOf({ columns }: Page): number {
  const names = columns.map(({ name }) => name);
  return names.indexOf(names.includes('event_id') ? 'event_id' : 'customer_id');
}

const total = (list: string) => (list === 'session-list' ? 2 * ROWS : ROWS);

test.each(LISTS)(
  '%s cut at its limit says so, and followed to its end it has every row once',
  async (list) => {
    const keys: unknown[] = [];
    let next: string | null = `/api/queries/${list}?${PERIOD}`;
    for (let pages = 1; next !== null; pages++) {
      const page = (await (await fetch(url + next)).json()) as Page;
      expect(page.columns.map(({ name }) => name)).not.toContain('rows_in_all');
      expect(page.total).toBe(total(list));
      keys.push(...page.rows.map((row) => row[keyOf(page)]));
      expect(page.truncated).toBe(keys.length < total(list));
      expect(page.rows.length).toBe(Math.min(1_000, total(list) - 1_000 * (pages - 1)));
      next = page.next;
    }
    expect(new Set(keys).size).toBe(total(list));
    expect(keys.length).toBe(total(list));
  },
);

test('the CSV of a part says by its name, a count and a link which part it is', async () => {
  const keys: unknown[] = [];
  const names: (string | undefined)[] = [];
  let next: string | undefined = `/api/queries/logout-list.csv?${PERIOD}&app=demo`;
  while (next !== undefined) {
    const response: Response = await fetch(url + next);
    const [head = [], ...rows] = parseCsv(await response.text());
    keys.push(...rows.map((row) => row[head.indexOf('event_id')]));
    names.push(/filename="(.*)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]);
    expect(response.headers.get('x-total-count')).toBe(String(ROWS));
    next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
  }
  expect(new Set(keys).size).toBe(ROWS);
  expect(names).toEqual([
    'logout-list_demo_2026-11-01_2026-11-07_rows-1-1000-of-2345.csv',
    'logout-list_demo_2026-11-01_2026-11-07_rows-1001-2000-of-2345.csv',
    'logout-list_demo_2026-11-01_2026-11-07_rows-2001-2345-of-2345.csv',
  ]);
});

describe('a list that is not cut', () => {
  test('says so as well, and has its whole number', async () => {
    const whole = (await (await fetch(`${url}/api/queries/logout-list?${PERIOD}&limit=5000`)).json()) as Page;
    expect(whole).toMatchObject({ total: ROWS, truncated: false, next: null });
    const csv = await fetch(`${url}/api/queries/logout-list.csv?${PERIOD}&limit=5000`);
    expect([csv.headers.get('link'), csv.headers.get('content-disposition')]).toEqual([
      null,
      'attachment; filename="logout-list_2026-11-01_2026-11-07.csv"',
    ]);
    const none = (await (await fetch(`${url}/api/queries/logout-list?${PERIOD}&app=nobody`)).json()) as Page;
    expect(none).toMatchObject({ rows: [], total: 0, truncated: false, next: null });
    const behind = (await (
      await fetch(`${url}/api/queries/logout-list?${PERIOD}&offset=9000`)
    ).json()) as Page;
    expect(behind).toMatchObject({ rows: [], total: null, truncated: false, next: null });
  });
});

test.each(['table', 'csv', 'json'])(
  'the report as %s says which rows it has, and how to get the next',
  { tags: 'long' },
  async (format) => {
    const report = (...more: string[]) =>
      runScript('consumer/analytics/report/main.ts', { CLICKHOUSE_URL: database.url }, [
        'session-list',
        ...OPTIONS,
        '--format',
        format,
        ...more,
      ]);
    const first = await report('--limit', '2000');
    expect(first.stderr).toContain('Rows 1 to 2,000 of 4,690: add --page 2 for the next.');
    const last = await report('--limit', '2000', '--page', '3');
    expect(last.stderr).toContain('Rows 4,001 to 4,690 of 4,690.');
    expect(last.stdout.trimEnd().split(/\r?\n/).length).toBeGreaterThanOrEqual(690);
    expect((await report('--page', '9')).stderr).toContain('it lies behind the last');
  },
);
