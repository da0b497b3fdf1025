import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { eventTopics } from '../../schemas/topics.ts';
import { quietKafka } from '../support/kafka-client.ts';

const END_BOUND_MS = 30_000;

/** A partition, and the offset behind its last message. */
type End = { topic: string; partition: number; offset: bigint };

/** Reads the event topics as another team's program would. */
export class StreamReader {
  /** The ids that stand on the stream. */
  readonly ids = new Set<string>();
  /** Events that came behind a later one of their key: each a sentence. */
  readonly disorder: string[] = [];
  readonly #brokers: string;
  readonly #topics: string[];
  readonly #next = new Map<string, bigint>();
  readonly #lastOfKey = new Map<string, number>();

  constructor(brokers: string, prefix: string) {
    this.#brokers = brokers;
    this.#topics = eventTopics(prefix);
  }

  /** Reads on to what is the end now, over connections of its own: what came of earlier ones does not matter. */
  async readToEnd(): Promise<void> {
    const ends = (await this.#ends()).filter((end) => end.offset > this.#nextOf(end));
    if (ends.length === 0) return;
    const consumer = quietKafka(this.#brokers).consumer({ groupId: `reader-${randomUUID()}` });
    try {
      await consumer.connect();
      await this.#consume(consumer, ends);
    } finally {
      await consumer.disconnect();
    }
  }

  async #ends(): Promise<End[]> {
    const admin = quietKafka(this.#brokers).admin();
    await admin.connect();
    try {
      const ends = this.#topics.map(async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
          topic,
          partition,
          offset: BigInt(high),
        })),
      );
      return (await Promise.all(ends)).flat();
    } finally {
      await admin.disconnect();
    }
  }

  async #consume(consumer: Consumer, ends: readonly End[]): Promise<void> {
    const done = Promise.withResolvers<void>();
    const late = setTimeout(() => done.reject(new Error('the stream was not read to its end')), END_BOUND_MS);
    await consumer.subscribe({ topics: this.#topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        this.#take(batch);
        if (ends.every((end) => this.#nextOf(end) >= end.offset)) done.resolve();
      },
    });
    for (const { topic, partition } of ends) {
      const offset = String(this.#nextOf({ topic, partition }));
      consumer.seek({ topic, partition, offset });
    }
    await done.promise.finally(() => clearTimeout(late));
  }

  #take(batch: EachBatchPayload['batch']): void {
    const { topic, partition } = batch;
    for (const { key, headers } of batch.messages) {
      const id = String(headers?.ce_id);
      if (this.ids.has(id)) continue;
      this.ids.add(id);
      const place = `${topic} ${headers?.ce_outbox} ${key}`;
      const sequence = Number(headers?.ce_sequence);
      if (sequence < (this.#lastOfKey.get(place) ?? 0)) this.disorder.push(`${place} ${sequence}`);
      this.#lastOfKey.set(place, sequence);
    }
    this.#next.set(`${topic} ${partition}`, BigInt(batch.lastOffset()) + 1n);
  }

  #nextOf({ topic, partition }: Omit<End, 'offset'>): bigint {
    return this.#next.get(`${topic} ${partition}`) ?? 0n;
  }
}
