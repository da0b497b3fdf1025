import { decompress } from './codecs.ts';
import { Reader } from './reader.ts';
import type { RecordMemory } from './record-memory.ts';
import { type BatchHead, RecordMessage } from './record-message.ts';
import { UndecodableError } from './undecodable.ts';

/**
 * A batch of records, Kafka's message format 2, as every broker since 0.11 stores it: its head, and its records,
 * compressed or not. See the "RecordBatch" section of Kafka's documentation of its message format.
 */
export interface RecordBatch {
  readonly head: BatchHead;
  readonly count: number;
  readonly records: Buffer;
}

// A record is its length, attributes, two deltas, two lengths and a count: a byte each at least.
const MIN_RECORD_BYTES = 7;

/**
 * Reads the head of a batch.
 * @param bytes all behind its first offset and length
 * @param memory where its records will stand
 * @throws UndecodableError
 */
export function readBatch(firstOffset: bigint, bytes: Buffer, memory: RecordMemory): RecordBatch {
  const reader = new Reader(bytes);
  // The leader's epoch, the magic byte and the checksum.
  reader.take(9);
  const head = {
    firstOffset,
    attributes: reader.int16(),
    lastOffset: firstOffset + BigInt(reader.int32()),
    firstTimestamp: reader.int64(),
    maxTimestamp: reader.int64(),
    producerId: reader.int64(),
    memory,
  };
  // The producer's epoch and its sequence number.
  reader.take(6);
  return { head, count: reader.int32(), records: reader.rest() };
}

/** The messages of a batch, and how many bytes it came to. @throws UndecodableError */
export async function readMessages({
  head,
  count,
  records,
}: RecordBatch): Promise<{ messages: RecordMessage[]; bytes: number }> {
  const bytes = await decompress(head.attributes, records);
  if (count < 0 || count * MIN_RECORD_BYTES > bytes.length) {
    throw new UndecodableError('it is damaged: it has not as many records as it says');
  }
  const reader = new Reader(bytes);
  const messages = Array.from({ length: count }, () => {
    const record = reader.take(reader.varint());
    return new RecordMessage(head, head.memory.copy(record));
  });
  return { messages, bytes: bytes.length };
}
