import { KAFKA_API } from './kafka-frames.ts';

/** Kafka's numbers for what a broker answers that cannot write. */
export const KAFKA_ERROR = { notEnoughReplicas: 19, storage: 56 } as const;

/** A produce request without the topics that are refused, and what is to stand in its answer for those. */
export type Refusal = { readonly request: Buffer; readonly answers: readonly Buffer[] };

/** After the frame's length: kind, version and number of the request. */
const CLIENT_AT = 12;
const ACKS_AND_TIMEOUT_BYTES = 2 + 4;
/** Which fields stand in a request and its answer changes with the version: this is the one that kafkajs speaks. */
const VERSION = 7;
/** In an answer: offset, time and first offset of what was appended; none of it is known for what was refused. */
const NOT_APPENDED = Buffer.alloc(8 + 8 + 8, 0xff);
const THROTTLE_BYTES = 4;

/** Takes refused topics out of a produce request. @throws when it is of another version than kafkajs's */
export function refuse(frame: Buffer, error: number, isRefused: (topic: string) => boolean): Refusal {
  const [api, version] = [frame.readInt16BE(4), frame.readInt16BE(6)];
  if (api !== KAFKA_API.produce || version !== VERSION)
    throw new Error(`produce request of version ${version}`);
  const transactionAt = afterText(frame, CLIENT_AT);
  const countAt = afterText(frame, transactionAt) + ACKS_AND_TIMEOUT_BYTES;
  const kept: Buffer[] = [];
  const answers: Buffer[] = [];
  let at = countAt + 4;
  for (let left = frame.readInt32BE(countAt); left > 0; left--) {
    const { name, partitions, end } = readTopic(frame, at);
    if (isRefused(name)) answers.push(answerOf(name, partitions, error));
    else kept.push(frame.subarray(at, end));
    at = end;
  }
  const head = frame.subarray(4, countAt);
  return { request: framed([head, int32(kept.length), ...kept]), answers };
}

/** Adds the answers for the refused topics to what the broker answered for the others. */
export function answerRefused(frame: Buffer, answers: readonly Buffer[]): Buffer {
  const correlation = frame.subarray(4, 8);
  const count = frame.readInt32BE(8) + answers.length;
  const end = frame.length - THROTTLE_BYTES;
  return framed([correlation, int32(count), frame.subarray(12, end), ...answers, frame.subarray(end)]);
}

function readTopic(frame: Buffer, start: number): { name: string; partitions: number[]; end: number } {
  const countAt = afterText(frame, start);
  const partitions: number[] = [];
  let at = countAt + 4;
  for (let left = frame.readInt32BE(countAt); left > 0; left--) {
    partitions.push(frame.readInt32BE(at));
    at += 8 + frame.readInt32BE(at + 4);
  }
  return { name: frame.toString('utf8', start + 2, countAt), partitions, end: at };
}

function answerOf(topic: string, partitions: readonly number[], error: number): Buffer {
  const each = partitions.flatMap((partition) => [int32(partition), int16(error), NOT_APPENDED]);
  return Buffer.concat([
    int16(Buffer.byteLength(topic)),
    Buffer.from(topic),
    int32(partitions.length),
    ...each,
  ]);
}

/** Where a text ends that has its length, -1 for none, before it. */
function afterText(frame: Buffer, at: number): number {
  return at + 2 + Math.max(0, frame.readInt16BE(at));
}

function framed(parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
