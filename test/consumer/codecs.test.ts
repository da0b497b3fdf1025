import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../consumer/intake/records/codecs.ts';
import { toMessage } from '../../schemas/event.ts';
import { eventually } from '../support/eventually.ts';
import { alterTopics, quietKafka, startOwnKafka } from '../support/kafka.ts';
import { event, sample, sessions } from './events.ts';
import { allCommitted, countOf, metric, startPath } from './setup.ts';
import { publishZstd } from './zstd.ts';

type Path = Awaited<ReturnType<typeof startPath>>;

const GROWS_TO_BYTES = 40_000_000;

describe('a batch', () => {
  const content = Buffer.concat([randomBytes(100_000), Buffer.alloc(200_000, 'x')]);
  const compressed = (bytes: Buffer) => [
    ['none', 0, bytes] as const,
    ['gzip', 1, gzipSync(bytes)] as const,
    ['snappy', 2, compressSync(bytes)] as const,
    ['lz4', 3, compressFrameSync(bytes)] as const,
    ['zstd', 4, zstdCompressSync(bytes)] as const,
  ];

  test.each(compressed(content))('in %s is read', async (_, attributes, bytes) => {
    expect((await decompress(attributes, bytes)).equals(content)).toBe(true);
  });

  const bomb = compressed(Buffer.alloc(GROWS_TO_BYTES)).slice(1);
  test.each(bomb)('in %s that grows too large is not', async (name, attributes, bytes) => {
    const message = expect.stringMatching(
      `it is larger than 32000000 bytes once its ${name} is decompressed`,
    );
    await expect(decompress(attributes, bytes)).rejects.toMatchObject({ name: 'UndecodableError', message });
  });

  test.each(compressed(content).slice(1))('in %s that is damaged is not', async (name, attributes, bytes) => {
    const message = expect.stringContaining(`it is damaged: no ${name} data`);
    const cut = bytes.subarray(0, bytes.length / 2);
    for (const damaged of [cut, Buffer.alloc(0), Buffer.alloc(50, 7)]) {
      await expect(decompress(attributes, damaged)).rejects.toMatchObject({ message });
    }
  });
});

test('topics that the broker compresses, each in another way, are read', async () => {
  const path = await startPath();
  const topics = { session: 'zstd', message: 'lz4', allocation: 'snappy', 'custom-button': 'gzip' } as const;
  const kinds = Object.keys(topics) as (keyof typeof topics)[];
  for (const kind of kinds) {
    await alterTopics(path.brokers, [`${path.prefix}${kind}`], { 'compression.type': topics[kind] });
  }
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
  await path.publish.events(kinds.flatMap((kind) => numbers.map((n) => event(kind, sample(kind), n))));
  for (const view of ['sessions', 'messages', 'allocations', 'button_clicks']) {
    await countOf(path.database, view, numbers.length);
  }
  await countOf(path.database, 'events', kinds.length * numbers.length);
  await allCommitted(path);
});

test('a batch that grows too large holds its partition alone, says so, and is passed once its records are deleted', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const topic = `${path.prefix}session`;
  await publishZstd(path.brokers, topic, Buffer.alloc(GROWS_TO_BYTES, '{'));
  const message = toMessage(event('session', sample('session'), 1));
  await toPartition(path, topic, message);
  await path.publish.events([event('message', sample('message'), 2)]);
  await countOf(path.database, 'messages', 1);
  const metrics = () => fetch(`${path.consumer.url}/metrics`).then((response) => response.text());
  await eventually(async () => expect(await metrics()).toMatch(/qiscus_held_messages.*session.*zstd/));
  await countOf(path.database, 'sessions', 0);
  expect(await metric(path.consumer, 'process_resident_memory_bytes')).toBeLessThan(400_000_000);

  await deleteRecords(path, topic, 1);
  await countOf(path.database, 'sessions', 1);
  await allCommitted(path);
  expect(await metrics()).not.toMatch(/qiscus_held_messages\{/);
});

test('a batch of an unknown codec holds its partition alone, and one message names codec, topic and offsets', {
  tags: 'long',
}, async () => {
  const kafka = await startOwnKafka();
  const path = await startPath({ brokers: kafka.brokers });
  const topic = `${path.prefix}session`;
  await path.consumer.stop();
  await toPartition(path, topic, toMessage(event('session', sample('session'), 1)));
  await kafka.stop();
  await setCodec(join(kafka.dataDir, `${topic}-0`, '00000000000000000000.log'), 5);
  await kafka.start();
  await path.consumer.start();

  await path.publish.events([event('message', sample('message'), 2)]);
  await countOf(path.database, 'messages', 1);
  const line = await eventually(async () => {
    const lines = (await readFile(path.consumer.logFile, 'utf8'))
      .split('\n')
      .filter((each) => each.startsWith('{'));
    const held = lines.map((each) => JSON.parse(each)).find(({ msg }) => msg === 'held');
    expect(held).toBeDefined();
    return held;
  });
  expect(line).toMatchObject({
    topic,
    partition: 0,
    hint: expect.stringContaining('Other partitions go on'),
  });
  expect(line.reason).toMatch(/from offset 0 to 0: its compression codec 5 is unknown here/);

  await deleteRecords(path, topic, 1);
  await toPartition(path, topic, toMessage(sessions(3, 3)[0] ?? event('session', '', 3)));
  await countOf(path.database, 'sessions', 1);
});

test('a megabyte of headers is read within seconds, and does not stop what comes after it', async () => {
  const path = await startPath();
  const headers = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`header ${index}`, 'x']));
  const startedMs = performance.now();
  await path.publish.raw({ topic: 'session', value: Buffer.from('no event'), headers });
  await path.publish.events(sessions(1, 20));
  await countOf(path.database, 'sessions', 20);
  await countOf(path.database, 'dead_letters', 1);
  await allCommitted(path);
  // kafkajs's own decoder takes minutes.
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

/** Publishes to partition 0. */
async function toPartition({ brokers }: Path, topic: string, message: ReturnType<typeof toMessage>) {
  const producer = quietKafka(brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ ...message, partition: 0 }] });
  await producer.disconnect();
}

/** Deletes the records of partition 0 that are before an offset, as their age would. */
async function deleteRecords({ brokers }: Path, topic: string, before: number): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  // Only with a topic's metadata, which this reads, does kafkajs know whom to ask.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(before) }] });
  await admin.disconnect();
}

/** Writes another codec into the attributes of a segment's first batch, as a codec of the future would stand there. */
async function setCodec(segment: string, codec: number): Promise<void> {
  const LOW_BYTE_OF_ATTRIBUTES = 22;
  const bytes = await readFile(segment);
  bytes.writeUInt8(codec, LOW_BYTE_OF_ATTRIBUTES);
  await writeFile(segment, bytes);
}
