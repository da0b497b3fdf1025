import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { alterTopics, quietKafka } from '../support/kafka.ts';
import { event, sample, sessions } from './events.ts';
import { allCommitted, countOf, metric, startPath } from './setup.ts';

type Path = Awaited<ReturnType<typeof startPath>>;

/** What stands on the dead-letter topic, once there are so many messages. */
async function deadLetters({ brokers, prefix }: Path, count: number): Promise<KafkaMessage[]> {
  const consumer = quietKafka(brokers).consumer({ groupId: `${prefix}reader-${count}` });
  const messages: KafkaMessage[] = [];
  await consumer.connect();
  undoAfterwards(() => consumer.disconnect());
  await consumer.subscribe({ topic: `${prefix}dead-letter`, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  await eventually(() => expect(messages).toHaveLength(count), { timeoutMs: 20_000 });
  return messages;
}

const openOnes = ({ database }: Path) =>
  database.rows('SELECT id, stage FROM dead_letters WHERE is_open ORDER BY stage, id');

const text = (message: KafkaMessage | undefined, name: string) => message?.headers?.[name]?.toString();

test('garbage on a topic goes to the dead letters byte for byte, and does not stop what comes after it', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const garbage = {
    topic: 'session',
    key: Buffer.from([0, 255, 1]),
    value: Buffer.from([0xc3, 0x28, 0, 0xff]),
    headers: { ce_id: 'not an id', odd: Buffer.from([0xfe, 0xff]) },
  };
  await path.publish.raw(garbage);
  await path.publish.raw({ topic: 'message', value: null });
  await path.publish.events(sessions(1, 3));
  await countOf(path.database, 'sessions', 3);
  await allCommitted(path);

  const messages = await deadLetters(path, 2);
  const letter = messages.find((message) => text(message, 'dlq_topic') === `${path.prefix}session`);
  expect(letter?.key).toEqual(garbage.key);
  expect(letter?.value).toEqual(garbage.value);
  expect(letter?.headers).toMatchObject({ ce_id: Buffer.from('not an id'), odd: garbage.headers.odd });
  expect(text(letter, 'dlq_stage')).toBe('decode');
  expect(text(letter, 'dlq_offset')).toBe('0');
  expect(Date.parse(text(letter, 'dlq_time') ?? '')).toBeGreaterThan(Date.now() - 60_000);

  await countOf(path.database, 'dead_letters', 2);
  const [row] = await path.database.rows('SELECT * FROM dead_letters WHERE topic = {topic:String}', {
    topic: `${path.prefix}session`,
  });
  expect(row).toMatchObject({
    id: text(letter, 'dlq_id'),
    event_id: '',
    stage: 'decode',
    key: garbage.key.toString('base64'),
    value: garbage.value.toString('base64'),
    headers: {
      ce_id: Buffer.from('not an id').toString('base64'),
      odd: garbage.headers.odd.toString('base64'),
    },
    is_open: true,
  });
  expect(row?.reason).toMatch(/UTF-8/);
  // Sent through again, it is closed; were it still garbage, it would come back at another offset.
  await path.database.client.insert({
    table: 'dead_letter_redrives',
    values: [{ id: row?.id, redriven_at: '2026-01-01 00:00:00.000' }],
    format: 'JSONEachRow',
  });
  expect(await openOnes(path)).toHaveLength(1);
});

test('an event that does not fit its webhook stands in events and among the dead letters, whose reason quotes nothing of it', async () => {
  const path = await startPath();
  const secretive = event('session', '{"payload":{"room":{"id":"","name":"Jane Roe"}}}', 1);
  await path.publish.events([secretive, event('message', 'no JSON: Jane Roe', 2)]);
  await countOf(path.database, 'dead_letters', 2);
  await countOf(path.database, 'events', 2);
  await countOf(path.database, 'sessions', 0);
  const rows = await path.database.rows(
    'SELECT id, event_id, app_id, kind, stage, reason, is_open FROM dead_letters ORDER BY kind',
  );
  expect(rows).toEqual([
    expect.objectContaining({ kind: 'message', reason: 'the payload is not a JSON object', is_open: true }),
    {
      id: secretive.id,
      event_id: secretive.id,
      app_id: 'demo',
      kind: 'session',
      stage: 'normalize',
      reason: expect.stringContaining('payload.room.id must be'),
      is_open: true,
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain('Jane');
});

test('a row that ClickHouse refuses is found among many and set aside; once it fits, it is in its table and no longer open', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { client } = path.database;
  await client.command({
    query: "ALTER TABLE sessions_rows ADD CONSTRAINT fits CHECK room_name != 'refused'",
  });
  const refused = event('session', sample('session').replace('Susan Novitasari', 'refused'), 500);
  await path.publish.events([...sessions(1, 499), refused, ...sessions(501, 1_000)]);
  await countOf(path.database, 'sessions', 999);
  await countOf(path.database, 'dead_letters', 1);
  await allCommitted(path);
  expect(await openOnes(path)).toEqual([{ id: refused.id, stage: 'insert' }]);
  expect(await metric(path.consumer, 'qiscus_dead_letters_total')).toBe(1);

  await client.command({ query: 'ALTER TABLE sessions_rows DROP CONSTRAINT fits' });
  await path.publish.events([refused]);
  await countOf(path.database, 'sessions', 1_000);
  expect(await openOnes(path)).toEqual([]);
});

test('the offset moves only when the dead letter is safe', async () => {
  const path = await startPath();
  await acceptedBytes(path, 10);
  await path.publish.raw({ topic: 'allocation', value: Buffer.from('garbage') });
  await eventually(async () =>
    expect(await metric(path.consumer, 'qiscus_retries_total')).toBeGreaterThan(1),
  );
  expect(await path.progress()).toMatchObject({ committed: 0, behind: 1 });
  await acceptedBytes(path, 1_000_000);
  await countOf(path.database, 'dead_letters', 1);
  await allCommitted(path);
});

/** Makes the dead-letter topic refuse messages that are larger. */
function acceptedBytes({ brokers, prefix }: Path, bytes: number): Promise<void> {
  return alterTopics(brokers, [`${prefix}dead-letter`], { 'max.message.bytes': String(bytes) });
}

test('a message that the topic of dead letters does not take holds nothing up: its dead letter says where it stands', async () => {
  const path = await startPath();
  await acceptedBytes(path, 3_000);
  const value = Buffer.alloc(20_000, 'x');
  await path.publish.raw({ topic: 'session', value, headers: { ce_id: 'kept' } });
  await path.publish.raw({ topic: 'message', value, headers: { huge: value } });
  await path.publish.raw({ topic: 'allocation', value: Buffer.from('small') });
  const misfit = event('custom-button', JSON.stringify({ much: 'x'.repeat(20_000) }), 9);
  await path.publish.events([misfit]);
  await countOf(path.database, 'dead_letters', 4);
  await allCommitted(path);
  const rows = await path.database.rows(
    `SELECT substring(topic, position(topic, '.') + 1) AS of, value, mapKeys(headers) AS names,
       base64Decode(headers['dlq_omitted']) AS omitted, event_id, is_open, reason LIKE '%stands where it came from' AS is_told
     FROM dead_letters ORDER BY of`,
  );
  const small = Buffer.from('small').toString('base64');
  expect(rows).toMatchObject([
    { of: 'allocation', value: small, names: [], omitted: '', is_told: 0 },
    { of: 'custom-button', value: null, omitted: 'value', event_id: misfit.id, is_open: true, is_told: 1 },
    { of: 'message', value: null, names: ['dlq_omitted'], omitted: 'key,value,headers', is_told: 1 },
    { of: 'session', value: null, names: ['ce_id', 'dlq_omitted'], omitted: 'value', is_told: 1 },
  ]);
});
