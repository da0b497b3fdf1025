import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { Retainer } from '../../consumer/books/retention/retainer.ts';
import { byHand } from '../consumer/by-hand.ts';
import { event, sample } from '../consumer/events.ts';
import { metric } from '../consumer/setup.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';

// Each looks at the books several times, which takes long on a machine that does much else.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** On a machine that does much else, its rests are long. */
const PATIENT = { timeoutMs: 60_000 };
const MONTH_MS = Date.UTC(2024, 2, 10);

/** A session in an outbox of its own, months ago. */
const session = (app: string) =>
  event('session', sample('session'), 1, {
    app,
    outbox: `${app}/0`,
    id: `${app.charCodeAt(0)}`.padEnd(32, '0'),
    receivedMs: app === 'whole' ? MONTH_MS : MONTH_MS + 40 * 86_400_000,
    occurredMs: MONTH_MS,
  });

const eventsIn = async ({ rows }: Database) =>
  (await rows<{ app_id: string }>('SELECT app_id FROM events ORDER BY app_id')).map(({ app_id }) => app_id);

function startRetainer({ client }: Database, isOurs: boolean) {
  const registry = new Registry();
  const log = pino({ level: 'silent' });
  const keep = { EVENTS_KEEP_DAYS: 30 };
  const retainer = new Retainer({ client, log, registry, keep, everyMs: 200 });
  retainer.isOurs = isOurs;
  retainer.start();
  undoAfterwards(() => retainer.stop());
  const sum = async (name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values.reduce((total, { value }) => total + value, 0);
  return { sum };
}

test('the real consumer drops what is older than its setting says, and tells what it holds and why', {
  tags: 'long',
}, async () => {
  const prefix = uniquePrefix();
  const [database, brokers] = await Promise.all([freshDatabase(), sharedBrokers(), createTopics(prefix)]);
  const put = byHand(database);
  await put.whole([session('whole')]);
  await put.withoutFacts([session('lacking')]);
  const consumer = await startConsumer({
    topicPrefix: prefix,
    brokers,
    clickHouseUrl: database.url,
    env: { EVENTS_KEEP_DAYS: '30' },
  });
  await eventually(async () => expect(await eventsIn(database)).toEqual(['lacking']), PATIENT);
  await eventually(
    async () => expect(await metric(consumer, 'qiscus_retention_held_partitions')).toBe(1),
    PATIENT,
  );
  expect(await metric(consumer, 'qiscus_retention_dropped_partitions_total')).toBe(1);
  expect(await metric(consumer, 'qiscus_retention_timestamp_seconds')).toBeGreaterThan(1_700_000_000);
  await consumer.stop();
  const lines = (await readFile(consumer.logFile, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
  const told = lines.map((line) => JSON.parse(line)).filter(({ table }) => table === 'events');
  expect(told).toMatchObject([
    { level: 30, msg: 'dropped', month: '2024-03', setting: 'EVENTS_KEEP_DAYS' },
    {
      level: 40,
      month: '2024-04',
      books: [{ outbox: 'lacking/0', kind: 'session', what: 'missing' }],
      todo: ['missing: npm run audit names the numbers that are missing'],
    },
  ]);
});

test('one of the group does it; while ClickHouse refuses, that is counted, and it goes on afterwards', async () => {
  const database = await freshDatabase();
  await byHand(database).whole([session('whole')]);
  await database.client.command({ query: 'RENAME TABLE dropped_partitions TO away' });
  const idle = startRetainer(database, false);
  const { sum } = startRetainer(database, true);
  await eventually(
    async () => expect(await sum('qiscus_retention_failures_total')).toBeGreaterThan(0),
    PATIENT,
  );
  expect(await eventsIn(database)).toEqual(['whole']);
  await database.client.command({ query: 'RENAME TABLE away TO dropped_partitions' });
  await eventually(async () => expect(await eventsIn(database)).toEqual([]), PATIENT);
  await eventually(
    async () => expect(await sum('qiscus_retention_dropped_partitions_total')).toBe(1),
    PATIENT,
  );
  expect(await idle.sum('qiscus_retention_timestamp_seconds')).toBe(0);
});
