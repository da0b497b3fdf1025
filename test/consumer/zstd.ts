import { zstdCompressSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { undoAfterwards } from '../support/clean-up.ts';
import { quietKafka } from '../support/kafka.ts';

/** Publishes one message to partition 0, compressed by the producer, as kafkajs does with a codec of its user's. */
export async function publishZstd(brokers: string, topic: string, value: Buffer): Promise<void> {
  const { [CompressionTypes.ZSTD]: before } = CompressionCodecs;
  undoAfterwards(() => {
    CompressionCodecs[CompressionTypes.ZSTD] = before;
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => zstdCompressSync(buffer),
    decompress: async () => Buffer.alloc(0),
  });
  const producer = quietKafka(brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = [{ value, partition: 0 }];
  await producer.send({ topic, acks: -1, compression: CompressionTypes.ZSTD, messages });
  await producer.disconnect();
}
