import type { Consumer } from 'kafkajs';
import { eventTopics } from '../../schemas/topics.ts';
import { quietKafka } from '../support/kafka-client.ts';

/** Reads the event topics from their beginning, all the while, whatever dies meanwhile. */
export class StreamReader {
  /** The ids that stand on the stream. */
  readonly ids = new Set<string>();
  /** Events that came behind a later one of their key: each a sentence. */
  readonly disorder: string[] = [];
  readonly #lastOfKey = new Map<string, number>();
  readonly #consumer: Consumer;

  constructor(brokers: string) {
    this.#consumer = quietKafka(brokers).consumer({
      groupId: 'fault-suite-reader',
      sessionTimeout: 10_000,
      retry: { retries: 5, maxRetryTime: 1_000, restartOnFailure: async () => true },
    });
  }

  async start(prefix: string): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: eventTopics(prefix), fromBeginning: true });
    await this.#consumer.run({
      eachMessage: async ({ topic, message: { key, headers } }) => {
        const id = String(headers?.ce_id);
        if (this.ids.has(id)) return;
        this.ids.add(id);
        const place = `${topic} ${headers?.ce_outbox} ${key}`;
        const sequence = Number(headers?.ce_sequence);
        if (sequence < (this.#lastOfKey.get(place) ?? 0)) this.disorder.push(`${place} ${sequence}`);
        this.#lastOfKey.set(place, sequence);
      },
    });
  }

  stop(): Promise<void> {
    return this.#consumer.disconnect();
  }
}
