import { beforeAll, describe, expect, test } from 'vitest';
import { BusyError, Turns } from '../../consumer/analytics/api/turns.ts';
import { freePort } from '../../local/ports.ts';
import { type Database, emptyDatabase } from '../support/clickhouse.ts';
import { parseCsv } from '../support/csv.ts';
import { databaseOfAWeek, WEEK_API } from './insert.ts';
import { serveDashboard, testReader } from './serve.ts';

/** Of what the API answers, lists, answers and problems, the parts that are looked at. */
interface Body {
  readonly queries: readonly {
    readonly name: string;
    readonly question: string;
    readonly parameters: readonly string[];
    readonly needs: readonly string[];
  }[];
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly detail: string;
}

let database: Database;
let url: string;
beforeAll(async () => {
  database = await databaseOfAWeek();
  url = await serveDashboard(database);
});

/** What an API path answers: its status and its JSON. */
async function get(path: string, base = url) {
  const response = await fetch(`${base}/api/queries${path}`);
  return { status: response.status, body: (await response.json()) as Body };
}

/** A query's rows as objects. */
async function rows(path: string): Promise<Record<string, unknown>[]> {
  const { body } = await get(path);
  return body.rows.map((row) => Object.fromEntries(row.map((value, i) => [body.columns[i]?.name, value])));
}

describe('the query library over HTTP', () => {
  test('every query that the list names answers by its name', async () => {
    const { body } = await get('');
    expect(body.queries.length).toBeGreaterThan(20);
    for (const { name, question, needs } of body.queries) {
      const needed = needs.map((need) => `&${need}=demo`).join('');
      const answer = await get(`/${name}?${WEEK_API}${needed}`);
      expect(answer, name).toMatchObject({ status: 200, body: { name, question } });
    }
  });

  test('app, channel and period narrow what is counted as they do in SQL', async () => {
    const [counted] = await database.rows(
      `SELECT toUInt32(count()) AS sessions FROM sessions WHERE app_id = 'shop' AND channel = 'wa'
         AND occurred_at >= toDateTime('2026-11-10', 'Asia/Makassar') AND occurred_at < toDateTime('2026-11-11', 'Asia/Makassar')`,
    );
    const narrowed = 'app=shop&channel=wa&tz=Asia/Makassar&from=2026-11-10&to=2026-11-11';
    const [overview] = await rows(`/overview?${narrowed}`);
    expect(overview).toMatchObject({ period: 'current', ...counted });
  });

  test('a filter that a query does not take is refused by every query, in JSON and in CSV, and named', async () => {
    const filters = {
      app: 'demo',
      channel: 'wa',
      agent: '1',
      state: 'open',
      weekday: '1',
      hour: '1',
      room: '1',
    };
    const numbers = { min_seconds: '1', max_seconds: '9', limit: '5', offset: '1' };
    const { body } = await get('');
    let refused = 0;
    for (const { name, parameters } of body.queries) {
      for (const [filter, value] of Object.entries({ ...filters, ...numbers })) {
        if (parameters.includes(filter)) continue;
        refused++;
        for (const path of [`/${name}`, `/${name}.csv`]) {
          const answer = await get(`${path}?${WEEK_API}&${filter}=${value}`);
          expect(answer, path).toMatchObject({ status: 400 });
          expect(answer.body.detail).toMatch(`${name} does not take ${filter}. It takes from, to, tz`);
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect((await get(`/logout-list?channel=&${WEEK_API}`)).status).toBe(200);
  });

  test('what cannot be asked gets an answer that names it', async () => {
    const detailOf = async (path: string) => {
      const { status, body } = await get(path);
      return `${status} ${body.detail}`;
    };
    expect(await detailOf('/agent')).toBe('404 Did you mean agent-day or agents?');
    expect(await detailOf('/SELECT%201')).toMatch('404');
    expect(await detailOf('/agents?form=2026-11-01')).toBe(
      '400 There is no parameter "form". Did you mean from?',
    );
    expect(await detailOf('/agents?from=yesterday')).toMatch('400 "yesterday" is no time');
    expect(await detailOf('/agents?from=2026-11-02&to=2026-11-01')).toBe('400 from must be before to');
    expect(await detailOf('/agents?tz=Jakarta')).toMatch('400 tz must be an IANA time zone');
    expect(await detailOf('/session-list?weekday=8')).toMatch('400 weekday must be 1');
    expect(await detailOf('/session-list?hour=nine')).toMatch('400 hour must be a whole number');
    expect(await detailOf('/room-story?room=1')).toBe('400 room-story needs app.');
    expect(await detailOf('/room-story')).toBe('400 room-story needs app and room.');
    expect(await detailOf(`/room-story?app=demo&room=${'1'.repeat(501)}`)).toBe(
      '400 room must have 500 characters at most',
    );
    expect(await detailOf('/agents?day=2026-11-32')).toBe(
      '400 "2026-11-32" is no time: write 2026-11-01, "2026-11-01 14:30", ISO 8601, now or now-7d',
    );
    expect(await detailOf('/agents?day=2026-11-01&from=2026-11-01')).toBe(
      '400 day stands for from and to: give either',
    );
  });

  test('SQL in a value is a value', async () => {
    for (const value of ["' OR 1=1 --", "'); DROP TABLE sessions_rows; --"]) {
      expect(await rows(`/session-list?${WEEK_API}&app=${encodeURIComponent(value)}`)).toEqual([]);
    }
  });

  test('the CSV has the same columns, rows and values as the JSON', async () => {
    for (const name of ['agents', 'session-list', 'returning-customers', 'overview']) {
      const path = `/${name}?${WEEK_API}&app=demo`;
      const { body } = await get(path);
      const response = await fetch(`${url}/api/queries${path.replace('?', '.csv?')}`);
      expect(response.headers.get('content-disposition')).toMatch(
        `filename="${name}_demo_2026-11-09_2026-11-15.csv"`,
      );
      const text = (value: unknown) =>
        value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      const [head, ...lines] = parseCsv(await response.text());
      expect(head).toEqual(body.columns.map((column) => column.name));
      expect(lines).toEqual(body.rows.map((row) => row.map(text)));
    }
  });
});

describe('reading only', () => {
  test.each(['reader', 'default'])('as the user %s, nothing can be written', async (user) => {
    const client = testReader(database, undefined, user);
    for (const query of ['DROP TABLE sessions_rows', 'CREATE TABLE t (a UInt8) ENGINE = Memory']) {
      await expect(client.command({ query })).rejects.toMatchObject({ type: 'READONLY' });
    }
    const values = [{ app_id: 'x' }];
    await expect(
      client.insert({ table: 'sessions_rows', values, format: 'JSONEachRow' }),
    ).rejects.toMatchObject({ type: 'READONLY' });
  });
});

describe('the load on ClickHouse', () => {
  test('no more run at once than may, in the order they came, and what cannot be answered soon is refused', async () => {
    const turns = new Turns({ atOnce: 2, mostWaiting: 3 });
    const ends: (() => void)[] = [];
    const started: number[] = [];
    const task = (number: number) =>
      turns.run(() => {
        started.push(number);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const tasks = [0, 1, 2, 3, 4].map(task);
    await expect(task(5)).rejects.toBeInstanceOf(BusyError);
    expect(started).toEqual([0, 1]);
    for (const number of [2, 3, 4]) {
      ends[number - 2]?.();
      await tasks[number - 2];
      expect(started.at(-1)).toBe(number);
    }
    for (const end of ends) end();
    await Promise.all(tasks);
  });
});

describe('when ClickHouse cannot answer', () => {
  test('nothing listens: 503, and what to look at', async () => {
    const base = await serveDashboard(database, { reaches: `http://127.0.0.1:${await freePort()}` });
    const answer = await get('/agents', base);
    expect(answer).toMatchObject({ status: 503, body: { title: 'ClickHouse does not answer' } });
    expect(answer.body.detail).toMatch('CLICKHOUSE_READER_URL');
  });

  test('a table is missing: 503, and the command that makes it', async () => {
    const answer = await get('/agents', await serveDashboard(await emptyDatabase()));
    expect(answer).toMatchObject({ status: 503 });
    expect(answer.body.detail).toMatch('npm run migrate');
  });
});
