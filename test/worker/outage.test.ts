import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, startOwnKafka, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { startWorker } from '../support/worker.ts';
import { arrived, post, readTopics, status } from './edge-helpers.ts';

/** A message webhook whose id says its place, so that order and completeness can be seen on the topic. */
const message = (id: number, room = 1) =>
  JSON.stringify({
    type: 'post_comment_mobile',
    payload: {
      from: { id: 7 },
      room: { id: room, options: '{}' },
      message: { id, type: 'text', text: 'halo' },
    },
  });

const FROM_ONE_TO = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('what was acknowledged is published, whatever dies', () => {
  test('the Worker killed while Kafka is away: all arrives after both are back, in order, without gaps', {
    tags: 'long',
  }, async () => {
    const kafka = await startOwnKafka();
    const prefix = uniquePrefix();
    await createTopics(prefix, kafka.brokers);
    await kafka.kill();
    const worker = await startWorker({
      brokers: kafka.brokers,
      topicPrefix: prefix,
      env: { OUTBOX_SHARDS: '2' },
    });
    for (const id of FROM_ONE_TO(20)) expect((await post(worker.webhookUrl, message(id))).status).toBe(202);
    await eventually(async () =>
      expect((await status(worker)).outboxes.some((each) => each.last_fault)).toBe(true),
    );
    await worker.restart();
    expect((await status(worker)).pending).toBe(20);

    await kafka.start();
    const reader = await readTopics(kafka.brokers, prefix);
    const messages = await arrived(reader, 20);
    const firsts = [...new Map(messages.map((each) => [each.headers.ce_id, each])).values()];
    expect(firsts.map(({ headers }) => Number(headers.ce_sequence))).toEqual(FROM_ONE_TO(20));
    expect(firsts.map(({ value }) => JSON.parse(value).payload.message.id)).toEqual(FROM_ONE_TO(20));
    await eventually(async () => expect((await status(worker)).pending).toBe(0));
  });

  test('the Worker killed again and again while it publishes: nothing acknowledged is missing', {
    tags: 'long',
  }, async () => {
    const prefix = uniquePrefix();
    await createTopics(prefix);
    const worker = await startWorker({ brokers: await sharedBrokers(), topicPrefix: prefix });
    const acknowledged = new Set<string>();
    let next = 1;
    for (let round = 0; round < 3; round++) {
      const posts = FROM_ONE_TO(40).map(async (offset) => {
        const answer = await post(worker.webhookUrl, message(next + offset, offset)).catch(() => undefined);
        if (answer?.status === 202) acknowledged.add(answer.json.id);
        if (offset === 20) await worker.kill();
      });
      await Promise.all(posts);
      next += 40;
      await worker.start();
    }
    expect(acknowledged.size).toBeGreaterThan(10);
    await eventually(async () => expect((await status(worker)).pending).toBe(0), { timeoutMs: 30_000 });
    const reader = await readTopics(await sharedBrokers(), prefix);
    await eventually(() => {
      const seen = new Set(reader.messages.map(({ headers }) => headers.ce_id));
      expect([...acknowledged].filter((id) => !seen.has(id))).toEqual([]);
    });
  });
});

describe('what the broker will not take', () => {
  test('is set aside, visible, and does not block what comes behind it', { tags: 'long' }, async () => {
    const brokers = await sharedBrokers();
    const prefix = uniquePrefix();
    await createTopics(prefix);
    await limitMessages(brokers, `${prefix}message`, 2_000);
    const worker = await startWorker({ brokers, topicPrefix: prefix, env: { OUTBOX_SHARDS: '1' } });
    const tooLarge = message(2).replace('halo', 'x'.repeat(5_000));
    for (const body of [message(1), tooLarge, message(3)]) await post(worker.webhookUrl, body);

    const reader = await readTopics(brokers, prefix);
    const messages = await arrived(reader, 2);
    expect(new Set(messages.map(({ value }) => JSON.parse(value).payload.message.id))).toEqual(
      new Set([1, 3]),
    );
    await eventually(async () => {
      const [outbox] = (await status(worker)).outboxes;
      expect(outbox).toMatchObject({
        pending: 1,
        published: 2,
        set_aside: [{ reason: 'MESSAGE_TOO_LARGE' }],
      });
    });
  });

  test('for want of a topic holds its own kind only, and goes once the topic is there', async () => {
    const brokers = await sharedBrokers();
    const prefix = uniquePrefix();
    await createTopics(prefix);
    const admin = quietKafka(brokers).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${prefix}unrecognized`] });
    const worker = await startWorker({ brokers, topicPrefix: prefix, env: { OUTBOX_SHARDS: '1' } });
    await post(worker.webhookUrl, '{"nobody":"knows"}');
    await post(worker.webhookUrl, message(1));

    await eventually(
      async () => {
        const [outbox] = (await status(worker)).outboxes;
        expect(outbox).toMatchObject({ pending: 1, published: 1, set_aside: [] });
      },
      { timeoutMs: 20_000 },
    );
    // kafkajs gives up where a broker does not know yet of a topic that was just made.
    const topics = [{ topic: `${prefix}unrecognized`, numPartitions: 1 }];
    await admin.createTopics({ topics, waitForLeaders: false });
    await admin.disconnect();
    await eventually(async () => expect((await status(worker)).pending).toBe(0), { timeoutMs: 20_000 });
  });
});

async function limitMessages(brokers: string, topic: string, maxBytes: number): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(maxBytes) }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] });
  await admin.disconnect();
}
