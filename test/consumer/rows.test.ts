import { beforeAll, describe, expect, test } from 'vitest';
import { FACT_KINDS, type KINDS } from '../../schemas/webhooks.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { event, publisher, RECEIVED_MS, sample } from './events.ts';
import { countOf } from './setup.ts';

const FACTS = [
  'agent_logouts',
  'sessions',
  'resolutions',
  'messages',
  'allocations',
  'button_clicks',
] as const;
const SAMPLES = [
  'agent-logout.agent',
  'session',
  'resolution',
  'message',
  'allocation',
  'custom-button',
] as const;

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
const events = FACT_KINDS.map((kind, index) => event(kind, sample(SAMPLES[index] ?? ''), index + 1));

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

const only = async (table: (typeof FACTS)[number]) => (await database.rows(`SELECT * FROM ${table}`))[0];

describe("each of the vendor's webhooks stands in its table, every column filled from its payload", () => {
  test('User Logout in agent_logouts', async () => {
    expect(await only('agent_logouts')).toEqual({
      ...common(1, 'agent-logout'),
      user_id: 100002,
      user_email: 'xxxxx@xxxxx.com',
      user_name: 'Agen',
      role: 'agent',
      is_available: true,
      is_verified: false,
      force_offline: false,
      last_login: '2022-09-22 04:35:24.000',
      account_created_at: '2022-08-12 03:02:18.000',
      account_updated_at: '2022-11-21 04:18:45.000',
    });
  });

  test('New Session in sessions', async () => {
    expect(await only('sessions')).toEqual({
      ...common(2, 'session'),
      room_id: '17xxxxxx',
      room_name: 'Susan Novitasari',
      channel: 'wa',
      channel_id: 1400,
      channel_name: 'IsuzuIndonesia',
      customer_id: '628xxxxxxxxxxx',
      customer_name: 'john doe',
      is_waiting: true,
      opened_at: '2023-09-20 04:39:59.000',
      first_message_type: 'text',
      first_message_text: 'Halo',
      user_properties: { Address: '-' },
    });
  });

  test('Mark As Resolved in resolutions', async () => {
    expect(await only('resolutions')).toEqual({
      ...common(3, 'resolution'),
      room_id: '00000000',
      service_id: 0,
      channel: 'qiscus',
      agent_id: 0,
      agent_email: 'qxxxxx@email.com',
      agent_name: 'Agent name',
      agent_role: 'admin',
      customer_id: 'customer@email.com',
      customer_name: 'Customer Name',
      first_comment_id: '0000000000',
      last_comment_id: '000000000',
      notes: 'Test',
    });
  });

  test('Bot in messages', async () => {
    expect(await only('messages')).toEqual({
      ...common(4, 'message'),
      room_id: '1',
      room_name: 'ini grup',
      channel: 'wa',
      channel_id: 1,
      channel_name: 'Wa Pertama',
      sender_id: '1',
      sender_name: 'User1',
      via: 'mobile',
      message_id: '',
      type: 'text',
      text: 'ini pesan',
      is_resolved: true,
      is_waiting: false,
    });
  });

  test('Custom Agent Allocation in allocations', async () => {
    expect(await only('allocations')).toEqual({
      ...common(5, 'allocation'),
      room_id: '1905692',
      channel: 'qiscus',
      customer_id: 'sudah@gmail.com',
      customer_name: 'sudah',
      is_resolved: true,
      is_new_session: false,
      candidate_agent_id: 22,
      candidate_agent_email: 'dewi@mail.com',
      candidate_agent_name: 'dewi',
      latest_service_id: 244,
      latest_service_resolved_at: '2019-02-04 04:49:47.000',
    });
  });

  test('Custom Button in button_clicks', async () => {
    expect(await only('button_clicks')).toEqual({
      ...common(6, 'custom-button'),
      room_id: '2',
      channel_id: 4,
      channel_name: 'Channel 1',
      channel_type: 'Qiscus Widget',
      agent_email: 'qixxxxti@gmail.com',
      agent_name: 'Agent',
      agent_role: 'admin',
      customer_id: 'email_customer@gmail.com',
      customer_name: 'Customer Name',
      notes: '',
      tags: [],
      customer_properties: { WEBSITE: '', ADDRESS: '', COMPANY: '' },
      additional_info: '[{"anykey":"any value"}]',
    });
  });
});

test('every event of every kind stands in events with its payload as it was and its place in Kafka', async () => {
  const rows = await database.rows('SELECT * FROM events ORDER BY sequence');
  expect(rows.map(({ kind, payload }) => ({ kind, payload }))).toEqual(
    [...events, event('unrecognized', '{"what":"ever"}', 7)].map(({ kind, payload }) => ({ kind, payload })),
  );
  expect(rows[6]).toEqual({
    ...common(7, 'unrecognized'),
    kind: 'unrecognized',
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
