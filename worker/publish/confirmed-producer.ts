import type { Producer, ProducerBatch } from 'kafkajs';
import type { EventMessage } from '../../schemas/event.ts';
import type { Kafka } from '../../schemas/kafka-client.ts';
import { partitionOf } from './partition.ts';
import './produce-request.ts';

/** The client settled a send without an answer for each partition that it was for. */
export class UnconfirmedSend extends Error {
  override readonly name = 'UnconfirmedSend';
}

/** Events for several topics, each message with a key. */
export interface EventBatch extends ProducerBatch {
  readonly topicMessages: { topic: string; messages: EventMessage[] }[];
}

/**
 * An idempotent kafkajs producer whose sends settle only when every partition that they went to has answered.
 *
 * kafkajs alone does not see to that: when it retries after a partition has moved to a broker that answered already
 * in the first try, it takes that answer for the partition's as well, and sends it nothing (its pull request 1798).
 */
export class ConfirmedProducer {
  readonly #producer: Producer;
  readonly #chosen = new Set<string>();

  constructor(client: Pick<Kafka, 'producer'>) {
    this.#producer = client.producer({
      idempotent: true,
      // More in flight could change the order within a key after a retry.
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ topic, message, partitionMetadata }) => {
          const partition = partitionOf(String(message.key), partitionMetadata.length);
          this.#chosen.add(placeOf(topic, partition));
          return partition;
        },
    });
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }

  /** One send at a time. @throws UnconfirmedSend, or what kafkajs throws; what was sent is then not known */
  async sendBatch(batch: EventBatch): Promise<void> {
    this.#chosen.clear();
    const answers = await this.#producer.sendBatch(batch);
    const answered = new Set(answers.map(({ topicName, partition }) => placeOf(topicName, partition)));
    if ([...this.#chosen].some((place) => !answered.has(place))) {
      throw new UnconfirmedSend('a partition gave no answer');
    }
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
