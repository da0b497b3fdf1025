import { beforeAll, expect, test } from 'vitest';
import { FACT_KINDS, type KINDS } from '../../schemas/webhooks.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { event, publisher, RECEIVED_MS, sample } from './events.ts';
import { SAMPLE_FACTS } from './sample-rows.ts';
import { countOf } from './setup.ts';

const facts = FACT_KINDS.map((kind) => [kind, SAMPLE_FACTS[kind]] as const);
const FACTS = facts.map(([, { table }]) => table);

const common = (sequence: number, kind: (typeof KINDS)[number]) => ({
  event_id: event(kind, '', sequence).id,
  app_id: 'demo',
  occurred_at: '2026-03-04 05:06:06.890',
  received_at: '2026-03-04 05:06:07.890',
  outbox: 'demo/0',
  sequence,
});

let database: Database;
let publish: Awaited<ReturnType<typeof publisher>>;
const prefix = uniquePrefix();
const events = facts.map(([kind, fact], index) => event(kind, sample(fact.sample), index + 1));

beforeAll(async () => {
  const brokers = await sharedBrokers();
  [database] = await Promise.all([freshDatabase(), createTopics(prefix)]);
  await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl: database.url });
  publish = await publisher(brokers, prefix);
  await publish.events([...events, event('unrecognized', '{"what":"ever"}', 7)]);
  // A lot's facts are inserted after its events, and a lot need not hold all of them.
  await countOf(database, 'events', 7);
  for (const table of FACTS) await countOf(database, table, 1);
});

test.each(facts.map(([kind, { table, row }], index) => [kind, table, row, index + 1] as const))(
  "the vendor's %s stands in %s, every column filled from its payload",
  async (kind, table, row, sequence) => {
    const rows = await database.rows(`SELECT * FROM ${table} WHERE sequence = ${sequence}`);
    expect(rows).toEqual([{ ...common(sequence, kind), ...row }]);
  },
);

test('every event of every kind stands in events with its payload as it was and its place in Kafka', async () => {
  const rows = await database.rows('SELECT * FROM events ORDER BY sequence');
  expect(rows.map(({ kind, payload }) => ({ kind, payload }))).toEqual(
    [...events, event('unrecognized', '{"what":"ever"}', 7)].map(({ kind, payload }) => ({ kind, payload })),
  );
  expect(rows[6]).toEqual({
    ...common(7, 'unrecognized'),
    kind: 'unrecognized',
    chain: '',
    payload: '{"what":"ever"}',
    topic: `${prefix}unrecognized`,
    partition: expect.any(Number),
    offset: 0,
  });
});

test('an event published again, at another offset, counts once in its table and in events', async () => {
  await publish.events(events);
  await publish.events([event('unrecognized', '{"what":"ever"}', 8)]);
  await eventually(async () => {
    const stored = await database.rows(
      "SELECT sum(rows) AS n FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events_rows'",
    );
    expect(Number(stored[0]?.n)).toBeGreaterThanOrEqual(8);
    expect(await database.rows('SELECT count() AS n, uniqExact(event_id) AS events FROM events')).toEqual([
      { n: 8, events: 8 },
    ]);
  });
  for (const table of FACTS)
    expect(await database.rows(`SELECT count() AS n FROM ${table}`)).toEqual([{ n: 1 }]);
});

test('a row of a quiet topic is visible within two seconds', async () => {
  const sentMs = performance.now();
  await publish.events([event('session', sample('session'), 9, { receivedMs: RECEIVED_MS + 1 })]);
  await eventually(async () =>
    expect(await database.rows('SELECT count() AS n FROM sessions')).toEqual([{ n: 2 }]),
  );
  expect(performance.now() - sentMs).toBeLessThan(2_000);
});
