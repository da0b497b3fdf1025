import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emptyDatabase, startOwnClickHouse } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';

const MOST_MEMORY_KB = 2_000_000;
const LEAVE_AFTER_MS = 700;

const GREEDY = [
  'SELECT * FROM system.numbers',
  'SELECT * FROM numbers(100000000) FORMAT JSON',
  'SELECT number, count() FROM numbers(1000000000) GROUP BY number',
  'SELECT groupArray(number) FROM numbers(1000000000)',
  'SELECT * FROM numbers(1000000000) ORDER BY sipHash64(number)',
  'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1',
];

test('queries that nobody waits for any more end, and take neither memory nor the slots of others', async () => {
  const server = await startOwnClickHouse();
  const database = await emptyDatabase(server.url);
  await database.client.command({ query: 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a' });
  const ask = (body: string, params: Record<string, string>) =>
    fetch(`${server.url}/?${new URLSearchParams(params)}`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(LEAVE_AFTER_MS),
    }).then((response) => response.text());
  const asked = [...GREEDY, ...GREEDY].map((query, index) =>
    ask(query, { wait_end_of_query: String(index % 2) }).catch((fault: unknown) => fault),
  );
  await Promise.all(asked);
  await database.client.insert({ table: 't', values: [{ a: 1 }], format: 'JSONEachRow' });
  await eventually(async () => {
    expect(await database.rows('SELECT count() AS n FROM system.processes')).toEqual([{ n: 1 }]);
  });
  expect(memoryPeakKb(server.pid())).toBeLessThan(MOST_MEMORY_KB);
});

test('a query is known by its query_id, and KILL QUERY gets through when no other query does', async () => {
  const server = await startOwnClickHouse();
  const post = (body: string, params: Record<string, string> = {}) =>
    fetch(`${server.url}/?${new URLSearchParams(params)}`, { method: 'POST', body });
  const [, , , , , endless = ''] = GREEDY;
  const ids = ['one', 'two', 'three', 'four', "it's five"];
  const running = ids.map((query_id) => post(endless, { query_id }));
  const kill = (id: string) =>
    post(`KILL QUERY WHERE query_id = {id:String}`, { param_id: id }).then((response) => response.text());
  // One waits for its slot, so that no query gets one.
  for (const id of ids) await eventually(async () => expect(await kill(id)).toContain('numbers'));
  const answers = await Promise.all(running);
  expect(answers.map(({ headers }) => headers.get('x-clickhouse-exception-code'))).toEqual(
    ids.map(() => '394'),
  );
});

test('a query_id that is running cannot be taken again', async () => {
  const server = await startOwnClickHouse();
  const leave = new AbortController();
  const params = new URLSearchParams({ query_id: 'taken' });
  const first = fetch(`${server.url}/?${params}`, {
    method: 'POST',
    body: GREEDY[5] ?? '',
    signal: leave.signal,
  });
  const seen = `SELECT count() FROM system.processes WHERE query_id = 'taken'`;
  await eventually(async () => {
    const response = await fetch(server.url, { method: 'POST', body: seen });
    expect(await response.text()).toBe('1\n');
  });
  const again = await fetch(`${server.url}/?${params}`, { method: 'POST', body: 'SELECT 1' });
  expect(again.headers.get('x-clickhouse-exception-code')).toBe('216');
  leave.abort();
  await expect(first).rejects.toThrow();
});

test('a result too large to be held whole is refused with code 396, a query that needs too much with 241', async () => {
  const server = await startOwnClickHouse();
  const code = async (body: string, params = '') => {
    const response = await fetch(`${server.url}/?${params}`, { method: 'POST', body });
    await response.text();
    return response.headers.get('x-clickhouse-exception-code');
  };
  expect(await code('SELECT * FROM numbers(100000000)', 'wait_end_of_query=1')).toBe('396');
  expect(await code('SELECT groupArray(number) FROM numbers(1000000000)')).toBe('241');
  expect(await code('SELECT 1 SETTINGS max_memory_usage = 0')).toBe('452');
  // At 0, the embedded engine would never come to an end, nor could the query be killed.
  expect(await code('SELECT 1', 'interactive_delay=0')).toBe('452');
  expect(await code('SELECT 1')).toBe(null);
  expect(memoryPeakKb(server.pid())).toBeLessThan(MOST_MEMORY_KB);
});

test('no limit counts memory that other threads free: under lasting load it would refuse all, with nothing held', async () => {
  const server = await startOwnClickHouse();
  const database = await emptyDatabase(server.url);
  const limits = "name IN ('max_memory_usage_for_user', 'max_server_memory_usage')";
  expect(await database.rows(`SELECT name, value FROM system.settings WHERE ${limits}`)).toEqual([
    { name: 'max_memory_usage_for_user', value: '0' },
  ]);
});

/** The most resident memory that a process has had. */
function memoryPeakKb(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
