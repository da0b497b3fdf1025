import { expect, test } from 'vitest';
import { answers } from '../../consumer/persist/clickhouse.ts';
import { emptyDatabase, startOwnClickHouse } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { sharedClickHouse } from '../support/shared.ts';

const HEAVY =
  'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1 SETTINGS max_execution_time = 4';

test('inserts go on, and readiness is denied, while slow queries take all that queries may have and more wait', {
  tags: 'long',
}, async () => {
  const server = await sharedClickHouse();
  const database = await emptyDatabase();
  await database.client.command({ query: 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a' });
  const slow = Array.from({ length: 8 }, () => fetch(server, { method: 'POST', body: HEAVY }));
  let ended = false;
  void Promise.race(slow).then(() => {
    ended = true;
  });
  for (let a = 0; a < 5; a++) {
    await database.client.insert({ table: 't', values: [{ a }], format: 'JSONEachRow' });
  }
  expect(ended).toBe(false);
  await eventually(async () => expect(await answers(database.client)).toBe(false));
  const statuses = (await Promise.all(slow)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([408]));
  expect(await database.rows('SELECT count() AS n FROM t')).toEqual([{ n: 5 }]);
});

test('what was answered before a kill -9 is there after the restart', async () => {
  const server = await startOwnClickHouse();
  const database = await emptyDatabase(server.url);
  await database.client.command({
    query: 'CREATE TABLE t (a UInt64) ENGINE = ReplacingMergeTree ORDER BY a',
  });
  const answered: number[] = [];
  const stopped = (async () => {
    for (let a = 0; ; a++) {
      await database.client.insert({ table: 't', values: [{ a }], format: 'JSONEachRow' });
      answered.push(a);
    }
  })().catch((fault) => fault);
  await expect.poll(() => answered.length, { timeout: 20_000 }).toBeGreaterThan(30);
  await server.kill();
  expect(await stopped).toBeInstanceOf(Error);
  await server.start();
  const rows = await database.rows<{ a: number }>('SELECT a FROM t FINAL');
  const found = new Set(rows.map(({ a }) => a));
  expect(answered.filter((a) => !found.has(a))).toEqual([]);
});

test('SIGTERM lets a running query finish', async () => {
  const server = await startOwnClickHouse();
  const running = fetch(`${server.url}/?query=SELECT+sleep(1)`).then((response) => response.text());
  await expect
    .poll(async () => (await fetch(`${server.url}/?query=SELECT+count()+FROM+system.processes`)).text())
    .toBe('2\n');
  await server.stop();
  expect(await running).toBe('0\n');
});
