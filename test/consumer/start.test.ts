import { expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { emptyDatabase, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { runScript } from '../support/programs.ts';
import { startPath } from './setup.ts';

test('a missing setting stops the start with a message that names it', async () => {
  await expect(runScript('consumer/main.ts', {})).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('KAFKA_BROKERS'),
  });
});

test('health, readiness and metrics are served; anything else is not found', async () => {
  const { consumer } = await startPath();
  const get = (path: string, method = 'GET') => fetch(`${consumer.url}${path}`, { method });
  expect(await (await get('/healthz')).json()).toEqual({ alive: true });
  expect(await (await get('/readyz')).json()).toEqual({ kafka: true, clickhouse: true });
  expect(await (await get('/metrics')).text()).toContain('qiscus_consumed_total');
  expect((await get('/metrics', 'HEAD')).status).toBe(200);
  expect((await get('/nothing')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
});

test('a port that is taken ends the start', async () => {
  const { url } = await freshDatabase();
  const options = { topicPrefix: 'none.', brokers: `127.0.0.1:${await freePort()}`, clickHouseUrl: url };
  const first = await startConsumer({ ...options, until: 'serving' });
  const second = await startConsumer({ ...options, port: first.port, until: 'started' });
  expect(await second.ended()).toBe(1);
});

test('migrating again changes nothing', { tags: 'long' }, async () => {
  const database = await freshDatabase();
  const { stdout } = await runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: database.url });
  expect(stdout).toContain('No migrations to apply');
});

test('a database that is missing is made', { tags: 'long' }, async () => {
  const database = await emptyDatabase();
  await database.client.command({ query: `DROP DATABASE ${database.name}` });
  await runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: database.url });
  expect(await database.rows('SELECT count() AS n FROM sessions')).toEqual([{ n: 0 }]);
});

test('a migration without ClickHouse fails, and says where it looked, without the password', async () => {
  const target = `http://me:hidden@127.0.0.1:${await freePort()}/facts`;
  const failed = await runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: target }).catch(
    (error) => error,
  );
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/127\.0\.0\.1:\d+, database facts: not migrated/);
  expect(failed.stdout + failed.stderr).not.toContain('hidden');
});
