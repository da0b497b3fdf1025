/// <reference path="./kafkajs-internals.d.ts" />
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import kafkajsCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import produce from 'kafkajs/src/protocol/requests/produce/index.js';
import produceV3 from 'kafkajs/src/protocol/requests/produce/v3/request.js';
import produceV7 from 'kafkajs/src/protocol/requests/produce/v7/request.js';
import { expect, test, vi } from 'vitest';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { crc32c } from '../../worker/publish/crc32c.ts';
import { KafkaSender } from '../../worker/publish/kafka-sender.ts';
import { partitionOf } from '../../worker/publish/partition.ts';
import { encodeProduce } from '../../worker/publish/produce-request.ts';
import { runs } from '../properties/runs.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { arrived, readTopics } from './edge-helpers.ts';

const text = (maxLength = 300) =>
  fc.oneof(
    fc.string({ maxLength }),
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme' }),
  );
/** Around where a length takes one byte more. */
const longText = fc
  .tuple(
    fc.constantFrom('x', 'é', '語', '😀', '\ud800'),
    fc.constantFrom(62, 63, 64, 65, 8_190, 8_191, 8_192),
  )
  .map(([character, count]) => character.repeat(count));
const message = fc.record({
  key: text(),
  value: fc.oneof(text(), longText),
  headers: fc.dictionary(fc.oneof(text(20), fc.constant('__proto__')), fc.oneof(text(), longText), {
    maxKeys: 12,
  }),
});
const partition = fc.record({
  partition: fc.nat(),
  firstSequence: fc.nat(),
  messages: fc.array(message, { minLength: 1, maxLength: 80 }),
});
const request = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat(),
  producerId: fc.oneof(fc.constant(-1), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)),
  producerEpoch: fc.integer({ min: -1, max: 32_767 }),
  topicData: fc.array(fc.record({ topic: text(), partitions: fc.array(partition, { maxLength: 3 }) }), {
    maxLength: 3,
  }),
});

const time = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
const event: fc.Arbitrary<StreamEvent> = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{32}$/),
  app: fc.constantFrom('demo', 'other'),
  kind: fc.constantFrom<Kind>('session', 'message', 'unrecognized'),
  subject: fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 })),
  occurredMs: time,
  receivedMs: time,
  outbox: fc.constant('demo/0'),
  sequence: fc.constant(0),
  payload: fc.oneof(fc.json(), longText),
  traceparent: fc.option(fc.stringMatching(/^[0-9a-f]{8}$/), { nil: undefined }),
});

test('a request to produce is the same as kafkajs makes of it, byte for byte', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  undoAfterwards(() => void vi.useRealTimers());
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom(produceV3, produceV7), async (options, theirs) => {
      const expected = await theirs(options).encode();
      expect(encodeProduce(options).equals(expected.buffer)).toBe(true);
      // As the producer asks for it.
      const { request: ours } = produce.protocol({ version: 7 })(options);
      expect((await ours.encode()).buffer.equals(expected.buffer)).toBe(true);
    }),
    runs(300),
  );
});

test('a checksum is the same as kafkajs computes, wherever the bytes begin and end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, start) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const from = Math.min(start, bytes.length);
      expect(crc32c(view, from, bytes.length)).toBe(kafkajsCrc32c(bytes.subarray(from)));
    }),
    runs(1_000),
  );
});

test('the checksum of the digits 1 to 9 is that of the standard', () => {
  const bytes = Buffer.from('123456789');
  expect(crc32c(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, 9)).toBe(0xe3069283);
});

test('a key goes to the partition that kafkajs chooses for it', () => {
  const choose = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(text(), fc.integer({ min: 1, max: 100 }), (key, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [1],
        isr: [1],
      }));
      const theirs = choose({ topic: 'any', partitionMetadata, message: { key, value: '' } });
      expect(partitionOf(key, count)).toBe(theirs);
    }),
    runs(1_000),
  );
});

test('what is compressed, or in a transaction, is left to kafkajs', async () => {
  const data = { acks: -1, timeout: 1, producerId: -1, producerEpoch: 0, topicData: [] };
  for (const options of [
    { ...data, compression: 1 },
    { ...data, transactionalId: 'mine' },
  ]) {
    const { request: made } = produce.protocol({ version: 7 })(options);
    expect((await made.encode()).buffer).toEqual((await produceV7(options).encode()).buffer);
  }
});

test('a kafkajs that has changed where it is mended is refused at once', async () => {
  const path = 'kafkajs/src/protocol/requests/produce/index.js';
  vi.resetModules();
  vi.doMock(path, () => ({ default: {} }));
  undoAfterwards(() => {
    vi.doUnmock(path);
    vi.resetModules();
  });
  const importing = import('../../worker/publish/produce-request.ts');
  await expect(importing).rejects.toThrow('look in worker/publish/produce-request.ts');
});

test('what is sent is what stands on the topics, whatever is in it', async () => {
  const prefix = uniquePrefix();
  const brokers = await sharedBrokers();
  await createTopics(prefix);
  const { seed, numRuns } = runs(300);
  const events = fc.sample(event, { seed, numRuns }).map((each, index) => ({ ...each, sequence: index + 1 }));
  const sender = new KafkaSender({ KAFKA_BROKERS: [brokers], KAFKA_SSL: false, TOPIC_PREFIX: prefix });
  undoAfterwards(() => sender.discard());
  await sender.send(events);
  const reader = await readTopics(brokers, prefix);
  const found = await arrived(reader, events.length);
  const bySequence = Map.groupBy(found, ({ headers }) => Number(headers.ce_sequence));
  for (const each of events) {
    const { key, value, headers } = toMessage(each);
    // A half of a pair cannot be written in UTF-8.
    expect(bySequence.get(each.sequence)).toMatchObject([
      { topic: `${prefix}${each.kind}`, key: key.toWellFormed(), value: value.toWellFormed(), headers },
    ]);
  }
});
