import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { decode } from '../../consumer/intake/decode.ts';
import { RecordMemory } from '../../consumer/intake/records/record-memory.ts';
import { RecordMessage } from '../../consumer/intake/records/record-message.ts';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { asSent, encoded, withoutLength } from './record-bytes.ts';
import { type StrangeRecord, strangeRecord } from './records.ts';
import { LONG_MS, runs } from './runs.ts';

const require = createRequire(import.meta.url);
const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0';
const decodeRecord: (decoder: object, batch: object) => KafkaMessage = require(`${RECORD}/decoder`);
const Decoder: new (buffer: Buffer) => { readVarInt(): number } = require('kafkajs/src/protocol/decoder');

const BATCH = {
  firstOffset: 9_007_199_254_740_993n,
  lastOffset: 9_007_199_254_741_000n,
  attributes: 0,
  firstTimestamp: 1_770_000_000_000n,
  maxTimestamp: 1_770_000_000_999n,
  producerId: 7n,
  memory: new RecordMemory(0),
};

const EVENT: StreamEvent = {
  id: '0'.repeat(32),
  app: 'demo',
  kind: 'session',
  subject: '7',
  occurredMs: 0,
  receivedMs: 0,
  outbox: 'demo/0',
  sequence: 1,
  payload: '{}',
};

const read = (bytes: Buffer, batch = BATCH) => new RecordMessage(batch, withoutLength(bytes));

test('a record is read as kafkajs reads it, and is the same event as the message that it makes of it', {
  tags: 'long',
  timeout: LONG_MS,
}, () => {
  fc.assert(
    fc.property(strangeRecord, fc.integer({ min: -1, max: 2 ** 31 - 1 }), (strange, offsetDelta) => {
      const record = { ...strange, headers: asSent(strange.headers) };
      const bytes = encoded(record, offsetDelta);
      const decoder = new Decoder(bytes);
      decoder.readVarInt();
      const theirs = decodeRecord(decoder, BATCH);
      const ours = read(bytes);
      const { attributes, offset, timestamp, key, value, headers } = ours;
      expect({ attributes, offset, timestamp, key, value }).toEqual({
        attributes: theirs.attributes,
        offset: theirs.offset,
        timestamp: theirs.timestamp,
        key: theirs.key,
        value: theirs.value,
      });
      expect(Object.entries(headers)).toEqual(Object.entries(record.headers));
      expect(decode(ours)).toEqual(decode({ ...record, offset, attributes }));
    }),
    runs(1_000),
  );
});

test('a record that is cut off or changed anywhere is damaged, or another record, and nothing else', () => {
  const whole = encoded({
    ...toMessage(EVENT),
    timestamp: '0',
  } as unknown as StrangeRecord);
  const look = (bytes: Buffer) => {
    try {
      const message = read(bytes);
      return [message.key, message.headers, message.timestamp, decode(message)];
    } catch (error) {
      return error;
    }
  };
  for (let length = 0; length < whole.length; length++) {
    expect(look(whole.subarray(0, length))).toMatchObject({ name: 'UndecodableError' });
  }
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      const seen = look(changed);
      if (seen instanceof Error) expect(seen).toMatchObject({ name: 'UndecodableError' });
    }),
    { numRuns: 5_000 },
  );
});

describe('a header', () => {
  const varint = (value: number) => Buffer.from([value * 2]);
  const text = (value: string) => Buffer.concat([varint(value.length), Buffer.from(value)]);
  const NONE = Buffer.from([1]);
  /** A record without a value, of these headers. */
  const recordOf = (...headers: (readonly [string, Buffer])[]) => {
    const fields = [Buffer.from([0, 0, 0]), NONE, text('{}'), varint(headers.length)];
    const body = Buffer.concat([...fields, ...headers.flatMap(([name, value]) => [text(name), value])]);
    return read(Buffer.concat([Buffer.from(encodeLength(body.length)), body]));
  };
  const encodeLength = (length: number) => [((length * 2) & 127) | 128, (length * 2) >> 7];
  const good = Object.entries(toMessage(EVENT).headers);
  const isEventWith = (...more: (readonly [string, Buffer])[]) => {
    const own = good.filter(([name]) => !more.some(([other]) => other === name));
    return 'event' in decode(recordOf(...own.map(([name, value]) => [name, text(value)] as const), ...more));
  };

  test('that was sent twice, or without a value, tells nothing; which of two counts, none can know', () => {
    expect(isEventWith()).toBe(true);
    expect(isEventWith(['ce_id', text('0'.repeat(32))])).toBe(true);
    expect(isEventWith(['ce_id', text('0'.repeat(32))], ['ce_id', text('0'.repeat(32))])).toBe(false);
    expect(isEventWith(['ce_id', NONE])).toBe(false);
    expect(isEventWith(['traceparent', NONE])).toBe(true);
  });

  test('of ours that is not UTF-8 makes the message no event; one of others does not', () => {
    const broken = Buffer.concat([varint(2), Buffer.from([0xc3, 0x28])]);
    expect(isEventWith(['theirs', broken])).toBe(true);
    expect(isEventWith(['ce_subject', broken])).toBe(false);
    expect(isEventWith(['ce_subject', Buffer.concat([varint(2), Buffer.from('é')])])).toBe(true);
    // Nor does the message before, whose text has the same signs as these bytes have in Latin-1.
    expect(isEventWith(['ce_subject', Buffer.concat([varint(1), Buffer.from('é', 'latin1')])])).toBe(false);
  });
});
