import { createRequire } from 'node:module';
import type { KafkaMessage } from 'kafkajs';
import { type RecordBatch, readBatch, readMessages } from './record-batch.ts';
import { RecordMemory } from './record-memory.ts';
import { standInFor, UndecodableError } from './undecodable.ts';

/** kafkajs's reader of an answer, as far as it is used here. */
interface Decoder {
  readonly buffer: Buffer;
  offset: number;
  readInt32(): number;
  canReadBytes(length: number): boolean;
}

type DecodeMessages = (decoder: Decoder) => Promise<readonly KafkaMessage[]>;

const require = createRequire(import.meta.url);
const FETCH = 'kafkajs/src/protocol/requests/fetch/v4';

const LENGTH_BYTES = 12;
const MAGIC_AT = 16;
const MAGIC = 2;
const MIN_BATCH_BYTES = 49;
/** What one answer may come to, decompressed: the partitions behind are read with the next one. */
const MAX_ANSWER_BYTES = 16_000_000;

/** How many bytes an answer came to so far. */
const decompressed = new WeakMap<Buffer, number>();

/**
 * Has kafkajs read the messages of a partition as it is done here. By itself it knows no zstd, lz4 or snappy, takes
 * a codec that it does not know for none, and throws away the whole answer, all other topics in it, when it cannot
 * read one batch, until it is given up for ever. Must be called before the first fetch of the process.
 */
export function readAllCodecs(): void {
  const original: DecodeMessages = require(`${FETCH}/decodeMessages`);
  if (original === decodeFetched) return;
  const isLate = require.cache[require.resolve(`${FETCH}/response`)] !== undefined;
  const entry = require.cache[require.resolve(`${FETCH}/decodeMessages`)];
  if (isLate || entry === undefined)
    throw new Error('kafkajs has begun to read: its decoder must be set before');
  older = original;
  entry.exports = decodeFetched;
}

/** kafkajs's own, for the formats before 0.11, which old topics may still hold. */
let older: DecodeMessages = async () => [];

/** The messages of one partition in an answer; a batch that cannot be read is the last of them, as a stand-in. */
async function decodeFetched(decoder: Decoder): Promise<KafkaMessage[]> {
  const from = decoder.offset;
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const bytes = decoder.buffer.subarray(decoder.offset, decoder.offset + size);
  decoder.offset += size;
  if ((bytes[MAGIC_AT] ?? MAGIC) < MAGIC) return decodeOlder(decoder, from);
  return decodeBatches(bytes, decoder.buffer);
}

async function decodeBatches(bytes: Buffer, answer: Buffer): Promise<KafkaMessage[]> {
  const all: KafkaMessage[] = [];
  const memory = new RecordMemory(bytes.length);
  for (let at = 0; at + LENGTH_BYTES <= bytes.length; ) {
    const firstOffset = bytes.readBigInt64BE(at);
    const length = bytes.readInt32BE(at + 8);
    const body = bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + Math.max(0, length));
    // The last one may have been cut off: it comes whole with the next answer.
    if (body.length < length || (decompressed.get(answer) ?? 0) >= MAX_ANSWER_BYTES) break;
    let lastOffset = firstOffset;
    try {
      if (length < MIN_BATCH_BYTES) throw new UndecodableError('it is damaged: a length is wrong');
      const batch: RecordBatch = readBatch(firstOffset, body, memory);
      lastOffset = batch.head.lastOffset;
      const read = await readMessages(batch);
      decompressed.set(answer, (decompressed.get(answer) ?? 0) + read.bytes);
      for (const message of read.messages) all.push(message);
    } catch (error) {
      all.push(standInFor({ firstOffset, lastOffset, reason: reasonOf(error) }));
      break;
    }
    at += LENGTH_BYTES + length;
  }
  return all;
}

function reasonOf(error: unknown): string {
  if (error instanceof UndecodableError) return error.message;
  return `reading it threw an error (${error instanceof Error ? error.name : 'unknown'}): a bug of ours`;
}

async function decodeOlder(decoder: Decoder, from: number): Promise<KafkaMessage[]> {
  const end = decoder.offset;
  decoder.offset = from;
  try {
    return [...(await older(decoder))];
  } catch {
    const reason = 'it is in a format before Kafka 0.11 and cannot be read: write it anew';
    return [standInFor({ firstOffset: 0n, lastOffset: 0n, reason })];
  } finally {
    decoder.offset = end;
  }
}
