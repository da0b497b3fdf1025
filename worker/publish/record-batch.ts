import type { EventMessage } from '../../schemas/event.ts';
import { crc32c } from './crc32c.ts';
import type { Wire } from './wire.ts';

/** What goes to one partition. */
export interface PartitionBatch {
  readonly partition: number;
  /** The producer's number of the first message, for the broker to tell a repeat by. */
  readonly firstSequence: number;
  readonly messages: readonly EventMessage[];
}

/** Who produces: what the broker has given the producer to be known by. */
export interface ProducerIdentity {
  readonly producerId: string | number;
  readonly producerEpoch: number;
}

const MAGIC = 2;
/** Between the start of a batch and what its length counts, and what its checksum covers. */
const LENGTH_ENDS = 12;
const CRC_AT = 17;
const CRC_ENDS = 21;

/**
 * Writes a record batch of format 2, byte for byte as kafkajs does: not compressed, outside of transactions, all
 * records of the same time.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function writeRecordBatch(wire: Wire, batch: PartitionBatch, producer: ProducerIdentity): void {
  const { firstSequence, messages } = batch;
  const start = wire.at;
  const now = BigInt(Date.now());
  wire.int64(0n); // the first offset, which the broker gives
  wire.int32(0); // the length
  wire.int32(0); // the leader's epoch, which is not known here
  wire.int8(MAGIC);
  wire.int32(0); // the checksum
  wire.int16(0); // attributes
  wire.int32(messages.length - 1);
  wire.int64(now);
  wire.int64(now);
  wire.int64(BigInt(producer.producerId));
  wire.int16(producer.producerEpoch);
  wire.int32(firstSequence);
  wire.int32(messages.length);
  for (const [offset, message] of messages.entries()) writeRecord(wire, offset, message);
  wire.view.setInt32(start + LENGTH_ENDS - 4, wire.at - start - LENGTH_ENDS);
  wire.view.setUint32(start + CRC_AT, crc32c(wire.view, start + CRC_ENDS, wire.at));
}

function writeRecord(wire: Wire, offset: number, { key, value, headers }: EventMessage): void {
  const start = wire.at;
  // A guess: most records' headers are less than their body.
  wire.varint(value.length);
  const bodyStart = wire.at;
  const names = Object.keys(headers);
  wire.int8(0); // attributes
  wire.varint(0); // the time since the batch's
  wire.varint(offset);
  wire.varintText(key);
  wire.varintText(value);
  wire.varint(names.length);
  for (const name of names) {
    wire.varintText(name);
    wire.varintText(headers[name] ?? '');
  }
  wire.lengthBefore(start, bodyStart);
}
