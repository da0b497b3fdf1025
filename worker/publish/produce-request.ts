/// <reference path="./kafkajs-produce.d.ts" />
import produce, { type ProduceOptions } from 'kafkajs/src/protocol/requests/produce/index.js';
import { writeRecordBatch } from './record-batch.ts';
import { Wire } from './wire.ts';

/**
 * From here on, kafkajs's producers in this isolate encode their requests as it is done here. kafkajs's own way costs
 * a buffer of 512 bytes for each record and each of its headers, each copied into the next larger one, and a checksum
 * byte by byte: more than all else that publishing costs. What is sent is the same, byte for byte.
 */
const { protocol } = produce;
if (typeof protocol !== 'function') {
  throw new Error('kafkajs has changed how it makes requests: look in worker/publish/produce-request.ts');
}

/** The first version with record batches, and the last that kafkajs knows. */
const [FIRST, LAST] = [3, 7];
/** Beside its value, a message needs about so much for its key and headers. */
const OVERHEAD_BYTES = 512;

produce.protocol = ({ version }) => {
  const make = protocol({ version });
  if (version < FIRST || version > LAST) return make;
  return (options) => {
    const made = make(options);
    // Neither is used here; kafkajs can do both.
    if (options.compression || options.transactionalId) return made;
    const encode = async () => asEncoder(encodeProduce(options));
    return { ...made, request: { ...made.request, encode } };
  };
};

/** The body of a Produce request of versions 3 to 7. */
export function encodeProduce(options: ProduceOptions): Buffer {
  const { acks, timeout, topicData } = options;
  const wire = new Wire(sizeAbout(options));
  wire.int16(-1); // no transaction
  wire.int16(acks);
  wire.int32(timeout);
  wire.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    wire.text(topic);
    wire.int32(partitions.length);
    for (const batch of partitions) {
      wire.int32(batch.partition);
      const sizeAt = wire.at;
      wire.int32(0);
      writeRecordBatch(wire, batch, options);
      wire.view.setInt32(sizeAt, wire.at - sizeAt - 4);
    }
  }
  return wire.bytes.subarray(0, wire.at);
}

function sizeAbout({ topicData }: ProduceOptions): number {
  const messages = topicData.flatMap(({ partitions }) => partitions.flatMap((batch) => batch.messages));
  return messages.reduce((sum, { value }) => sum + value.length + OVERHEAD_BYTES, OVERHEAD_BYTES);
}

/** What kafkajs asks of its own encoders when it puts one's bytes into a request. */
function asEncoder(bytes: Buffer): { readonly buf: Buffer; readonly buffer: Buffer } {
  return { buf: bytes, buffer: bytes };
}
