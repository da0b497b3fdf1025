import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';
import { Reader } from '../../consumer/intake/records/reader.ts';
import type { StrangeRecord } from './records.ts';

const require = createRequire(import.meta.url);
const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0';
const encodeRecord: (record: object) => { readonly buffer: Buffer } = require(RECORD);

/** A record as kafkajs writes it, its length before it. */
export function encoded({ key, value, headers, timestamp }: StrangeRecord, offsetDelta = 5): Buffer {
  return encodeRecord({ offsetDelta, timestampDelta: timestamp, key, value, headers }).buffer;
}

/** Headers as bytes, and none without a value: kafkajs cannot write one. */
export function asSent(headers: IHeaders): IHeaders {
  const filled = (value: Buffer | string | null | undefined) => Buffer.from(value ?? 'null');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(filled) : filled(value),
    ]),
  );
}

/** What stands behind the length of a record. */
export function withoutLength(bytes: Buffer): Buffer {
  const reader = new Reader(bytes);
  return reader.take(reader.varint());
}
