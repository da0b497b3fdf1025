import type { ClickHouseClient } from '@clickhouse/client';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Answers } from '../../consumer/analytics/api/answers.ts';
import { Kept } from '../../consumer/analytics/api/kept.ts';
import { LIMITS } from '../../consumer/analytics/api/limits.ts';
import { Turns } from '../../consumer/analytics/api/turns.ts';
import { readAsked } from '../../consumer/analytics/api/values.ts';
import { loadQueries, type Query } from '../../consumer/analytics/report/library.ts';
import { keepAll } from '../../consumer/outcomes/keep.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { databaseOfAWeek, WEEK_API } from './insert.ts';
import { serveDashboard, testReader } from './serve.ts';

const library = loadQueries();
const BOARD = ['overview', 'agents', 'channels', 'open-backlog', 'freshness'];
const NOW_MS = Date.parse('2026-11-16T00:00:00Z');

let database: Database;
beforeAll(async () => {
  database = await databaseOfAWeek();
});

/** A client that takes down the questions of the library; what else is asked, of its settings, is not one. */
function counting(asked: string[]): (client: ClickHouseClient) => ClickHouseClient {
  return (client) =>
    new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: [{ query: string }]) => {
          if (name === 'query' && !given[0].query.includes('system.settings')) asked.push(given[0].query);
          return value.apply(target, given);
        };
      },
    });
}

function queryNamed(name: string): Query {
  const query = library.get(name);
  if (query === undefined) throw new Error(`there is no ${name}`);
  return query;
}

const param = (text: string) => new URLSearchParams(text);

describe('two hundred viewers', () => {
  test('of a board of the last seven days, each at another second, cost what one costs, and are told its period', async () => {
    const asked: string[] = [];
    const client = counting(asked)(testReader(database));
    let nowMs = 0;
    const answers = new Answers({ client, library, nowMs: () => nowMs });
    const view = (viewer: number) =>
      BOARD.map((name) =>
        answers.ask(
          queryNamed(name),
          readAsked(param('from=now-7d&app=demo'), new Date(NOW_MS + viewer * 1_000)),
        ),
      );
    const viewers = await Promise.all(Array.from({ length: 200 }, (_, viewer) => Promise.all(view(viewer))));
    // And how complete they are, once for all.
    expect(asked.length).toBe(BOARD.length + 1);
    const [first = []] = viewers;
    for (const told of viewers) expect(told).toEqual(first);
    const [overview] = first;
    expect(overview?.values.to).toEqual(new Date(NOW_MS + 1_000));
    expect(overview?.answer.rows[0]?.[2]).toBe('2026-11-16 07:00:01');
    expect(overview?.completeness.complete_until).toMatch(/^2026-11-\d\d /);
    // Later, the period has moved.
    nowMs += 60_000;
    const [later] = await Promise.all(view(60));
    expect(later?.values.to).toEqual(new Date(NOW_MS + 61_000));
    expect(later?.tag).not.toBe(overview?.tag);
  });

  test('of one day, by whatever words, are told that day; one filter more is another question', async () => {
    const asked: string[] = [];
    const url = await serveDashboard(database, { wrap: counting(asked) });
    const get = async (query: string) => (await fetch(`${url}/api/queries/agents?${query}`)).json();
    const day = 'from=2026-11-10&to=2026-11-11';
    const [one, same] = await Promise.all([
      get(day),
      get('from=2026-11-09T17:00:00Z&to=2026-11-10T17:00:00Z'),
    ]);
    expect(same).toEqual(one);
    expect(one).toMatchObject({ from: '2026-11-09T17:00:00.000Z', to: '2026-11-10T17:00:00.000Z' });
    expect(asked.length).toBe(2);
    await get(`${day}&app=shop`);
    expect(asked.length).toBe(3);
  });

  test('who has the answer already gets 304, in JSON and in CSV, until there is another', async () => {
    const url = await serveDashboard(database);
    for (const path of ['agents', 'agents.csv']) {
      const of = (query: string, etag = '') =>
        fetch(`${url}/api/queries/${path}?${query}`, { headers: { 'if-none-match': etag } });
      const first = await of(WEEK_API);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^W\/"/);
      const again = await of(WEEK_API, `"x", ${etag}`);
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await of(`${WEEK_API}&app=demo`, etag)).status).toBe(200);
    }
  });
});

describe('what is kept', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('stays within its number and its size, and ten thousand questions asked once push out none that is asked for', () => {
    const nowMs = 0;
    const kept = new Kept<number>({ most: 50, mostBytes: 10_000, nowMs: () => nowMs });
    const useful = ['a', 'b', 'c'];
    for (const key of useful) {
      kept.put(key, 1, { bytes: 300, forMs: 60_000 });
      kept.get(key);
    }
    for (let i = 0; i < 10_000; i++) {
      kept.put(`hostile ${i}`, i, { bytes: 100 + ((i * 37) % 2_300), forMs: 60_000 });
      expect(kept.count).toBeLessThanOrEqual(50);
      expect(kept.bytes).toBeLessThanOrEqual(10_000);
    }
    for (const key of useful) expect(kept.get(key)).toBe(1);
    kept.put('huge', 1, { bytes: 2_501, forMs: 60_000 });
    expect(kept.get('huge')).toBeUndefined();
    expect(kept.get('a')).toBe(1);
  });

  test('leaves when it has expired, also while nobody asks', () => {
    vi.useFakeTimers();
    let nowMs = 0;
    const kept = new Kept<number>({ most: 50, mostBytes: 10_000, nowMs: () => nowMs });
    kept.put('short', 1, { bytes: 100, forMs: 1_000 });
    kept.put('long', 2, { bytes: 200, forMs: 30_000 });
    nowMs = 1_000;
    expect(kept.get('short')).toBeUndefined();
    vi.advanceTimersByTime(10_000);
    expect([kept.count, kept.bytes, kept.get('long')]).toEqual([1, 200, 2]);
    nowMs = 30_000;
    vi.advanceTimersByTime(10_000);
    expect([kept.count, kept.bytes]).toEqual([0, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a question that nobody waits for any more', () => {
  /** Would take longer than any test; the limit is not to end it. */
  const SLOW: Query = {
    name: 'slow',
    question: '',
    notes: '',
    parameters: [],
    needs: [],
    sql: 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
  };

  test('ends in ClickHouse when the last of those who asked has left, and not before', async () => {
    const limits = { ...LIMITS, rowsToRead: 10_000_000_000_000, seconds: 120 };
    const answers = new Answers({
      client: testReader(database),
      library: new Map(),
      nowMs: () => performance.now(),
      limits,
    });
    const running = async () => {
      const [row] = await database.rows(
        "SELECT toUInt32(count()) AS n FROM system.processes WHERE query LIKE '%sipHash64(number) = 1%' AND query NOT LIKE '%processes%'",
      );
      return row?.n;
    };
    const leave = [new AbortController(), new AbortController()] as const;
    const asked = readAsked(param(''), new Date());
    const askers = leave.map(({ signal }) => answers.ask(SLOW, asked, signal));
    const ends = Promise.allSettled(askers);
    await eventually(async () => expect(await running()).toBe(1));
    leave[0].abort(new Error('gone'));
    await expect(askers[0]).rejects.toThrow('gone');
    expect(await running()).toBe(1);
    leave[1].abort(new Error('gone, too'));
    await eventually(async () => expect(await running()).toBe(0));
    await ends;
    expect(answers.kept.count).toBe(0);
  });

  test('gives its place among those that wait to another', async () => {
    const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = turns.run(() => promise);
    const leaves = new AbortController();
    const second = turns.run(() => Promise.resolve('second'), leaves.signal);
    leaves.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    const third = turns.run(() => Promise.resolve('third'));
    resolve();
    await first;
    expect(await third).toBe('third');
  });
});

describe('a question that is too large', () => {
  let large: Database;
  beforeAll(async () => {
    large = await freshDatabase();
    // Each customer comes twice, and one in four to the shop.
    await large.client.command({
      query: `INSERT INTO sessions_rows
          (event_id, app_id, occurred_at, received_at, outbox, sequence, room_id, channel, customer_id)
        SELECT hex(number), if(intDiv(number, 2) % 4 = 0, 'shop', 'demo'),
          toDateTime64('2026-09-01', 3, 'UTC') + number * 26 AS at, at, 'demo/0', number + 1,
          toString(number % 5000), 'wa', concat('customer ', toString(intDiv(number, 2)))
        FROM numbers(200000)`,
    });
    await large.client.command({
      query: `INSERT INTO resolutions_rows (event_id, app_id, occurred_at, received_at, outbox, sequence, room_id, channel, agent_id)
        SELECT hex(number + 1000000), concat('app', toString(number % 4)), toDateTime64('2026-10-01', 3, 'UTC') + number AS at, at,
          'demo/0', number + 1000000, toString(number), 'wa', number % 40
        FROM numbers(400)`,
    });
    // What is not kept yet is worked out whatever the period.
    await keepAll(large.client);
  });

  async function ask(url: string, query: string) {
    const response = await fetch(`${url}/api/queries/${query}`);
    const { detail = '', rows } = (await response.json()) as { detail?: string; rows: unknown[] };
    return { status: response.status, detail, rows };
  }

  test.each(['channels', 'session-list', 'overview', 'first-message-types'])(
    'is refused before it reads, and answered for the period that the refusal names: %s',
    async (name) => {
      const url = await serveDashboard(large, { limits: { ...LIMITS, rowsToRead: 100_000 } });
      const refused = await ask(url, `${name}?from=2026-09-01&to=2026-11-02`);
      expect(refused.status).toBe(422);
      const from = /\(from=([^)]+)\)/.exec(refused.detail)?.[1] ?? '';
      expect(Date.parse(from)).toBeGreaterThan(Date.parse('2026-09-01'));
      const narrowed = await ask(url, `${name}?from=${from}&to=2026-11-02`);
      expect([narrowed.status, narrowed.detail]).toEqual([200, '']);
      expect(narrowed.rows.length).toBeGreaterThan(0);
    },
  );

  test('by its rows is answered for one app, as the refusal says', async () => {
    const url = await serveDashboard(large, { limits: { ...LIMITS, resultRows: 20 } });
    const refused = await ask(url, 'agents?from=2026-09-01&to=2026-11-02');
    expect([refused.status, refused.detail]).toEqual([422, expect.stringContaining('one app (app=…)')]);
    const narrowed = await ask(url, 'agents?from=2026-09-01&to=2026-11-02&app=app1');
    expect([narrowed.status, narrowed.rows.length]).toEqual([200, 10]);
  });

  test('by its memory is answered for the period that the refusal names, and for one app', async () => {
    // What is known of a customer is in memory: of all there are, it takes 80 MB or more; of half of them, half of that.
    const url = await serveDashboard(large, { limits: { ...LIMITS, memoryBytes: 65_000_000 } });
    const refused = await ask(url, 'returning-customers?from=2026-09-01&to=2026-11-02');
    expect([refused.status, refused.detail]).toEqual([
      422,
      expect.stringMatching(/a shorter period \(from=.*\), or one app \(app=…\)/),
    ]);
    const from = /\(from=([^)]+)\)/.exec(refused.detail)?.[1] ?? '';
    for (const narrower of [`from=${from}&to=2026-11-02`, 'from=2026-09-01&to=2026-11-02&app=shop']) {
      const narrowed = await ask(url, `returning-customers?${narrower}`);
      expect([narrowed.status, narrowed.detail]).toEqual([200, '']);
      expect(narrowed.rows.length).toBeGreaterThan(0);
    }
  });

  test('by its memory, however little there is, does not pass for a fault of the server', async () => {
    const url = await serveDashboard(large, { limits: { ...LIMITS, memoryBytes: 2_000_000 } });
    const refused = await ask(url, 'channels?from=2026-09-01&to=2026-11-02');
    expect([refused.status, refused.detail]).toEqual([
      422,
      expect.stringMatching(/a shorter period \(from=.*\), or one app/),
    ]);
  });
});
