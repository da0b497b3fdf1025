import type { IHeaders, RecordBatchEntry } from 'kafkajs';
import { decompress } from './codecs.ts';
import { Reader } from './reader.ts';
import { UndecodableError } from './undecodable.ts';

/**
 * A batch of records, Kafka's message format 2, as every broker since 0.11 stores it: its head, and its records,
 * compressed or not. See the "RecordBatch" section of Kafka's documentation of its message format.
 */
export interface RecordBatch {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly attributes: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly count: number;
  readonly records: Buffer;
}

/** A message as kafkajs hands it on, with what it needs to leave out what is no message. */
export type DecodedMessage = RecordBatchEntry & {
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

const IS_LOG_APPEND_TIME = 0b1000;
const IS_TRANSACTIONAL = 0b1_0000;
const IS_CONTROL = 0b10_0000;
// A record is its length, attributes, two deltas, two lengths and a count: a byte each at least.
const MIN_RECORD_BYTES = 7;

/** Reads the head of a batch. @param bytes all behind its first offset and length @throws UndecodableError */
export function readBatch(firstOffset: bigint, bytes: Buffer): RecordBatch {
  const reader = new Reader(bytes);
  // The leader's epoch, the magic byte and the checksum.
  reader.take(9);
  const attributes = reader.int16();
  const lastOffset = firstOffset + BigInt(reader.int32());
  const firstTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const producerId = reader.int64();
  // The producer's epoch and its sequence number.
  reader.take(6);
  const count = reader.int32();
  const records = reader.rest();
  return {
    firstOffset,
    lastOffset,
    attributes,
    firstTimestamp,
    maxTimestamp,
    producerId,
    count,
    records,
  };
}

/** The messages of a batch, and how many bytes it came to. @throws UndecodableError */
export async function readMessages(
  batch: RecordBatch,
): Promise<{ messages: DecodedMessage[]; bytes: number }> {
  const bytes = await decompress(batch.attributes, batch.records);
  if (batch.count < 0 || batch.count * MIN_RECORD_BYTES > bytes.length) {
    throw new UndecodableError('it is damaged: it has not as many records as it says');
  }
  const reader = new Reader(bytes);
  const messages = Array.from({ length: batch.count }, () => readMessage(batch, reader));
  return { messages, bytes: bytes.length };
}

function readMessage(batch: RecordBatch, reader: Reader): DecodedMessage {
  const record = new Reader(reader.take(reader.varint()));
  const attributes = record.int8();
  const createdAt = batch.firstTimestamp + record.varlong();
  const timestamp = batch.attributes & IS_LOG_APPEND_TIME ? batch.maxTimestamp : createdAt;
  const offset = batch.firstOffset + BigInt(record.varint());
  return {
    attributes,
    timestamp: timestamp.toString(),
    offset: offset.toString(),
    key: record.varintBytes(),
    value: record.varintBytes(),
    headers: readHeaders(record),
    isControlRecord: (batch.attributes & IS_CONTROL) !== 0,
    batchContext: {
      producerId: batch.producerId.toString(),
      inTransaction: (batch.attributes & IS_TRANSACTIONAL) !== 0,
    },
  };
}

/**
 * Headers by their name, the values of one that was sent several times in a list, as kafkajs has them. It copies all
 * of them for each one more: a message of a megabyte of headers would keep the process busy for hours.
 */
function readHeaders(record: Reader): IHeaders {
  const headers = new Map<string, (Buffer | null)[]>();
  for (let count = record.varint(); count > 0; count--) {
    const name = record.varintBytes()?.toString() ?? '';
    const value = record.varintBytes();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  const entries = [...headers].map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  return Object.fromEntries(entries);
}
