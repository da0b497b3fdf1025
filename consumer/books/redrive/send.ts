import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, Partitioners, type Producer } from 'kafkajs';
import { backoffMs } from '../../../schemas/group/backoff.ts';
import type { Kafka } from '../../../schemas/kafka-client.ts';
import { lotsOf } from '../../settle/lots.ts';

const ALL_REPLICAS = -1;
const ATTEMPTS = 6;

/** Where a message stands that the broker has acknowledged. */
export interface Place {
  readonly partition: number;
  readonly offset: string;
}

/** Messages could not be sent; some may stand in the topic all the same. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** The broker's answer left out a partition that was written to. */
class UnconfirmedSend extends Error {
  override readonly name = 'UnconfirmedSend';
}

/**
 * Sends messages as they are, by key as the outbox does, and tells where each of them stands. As for dead letters,
 * kafkajs must not retry by itself (see `deadLetterProducer`): what is not known to stand is sent again here.
 */
export class Sender {
  readonly #producer: Producer;
  readonly #chosen = new Map<Message, number>();

  constructor(kafka: Pick<Kafka, 'producer'>) {
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
      createPartitioner: () => {
        const choose = Partitioners.DefaultPartitioner();
        return (message) => {
          const partition = choose(message);
          this.#chosen.set(message.message, partition);
          return partition;
        };
      },
    });
  }

  /**
   * Sends messages to a topic and waits until all replicas have them.
   * @returns the place of each, in their order
   * @throws NotSentError after six attempts
   */
  async send(topic: string, messages: readonly Message[]): Promise<Place[]> {
    const places: Place[] = [];
    for (const lot of lotsOf(messages)) places.push(...(await this.#sendLot(topic, lot)));
    return places;
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }

  async #sendLot(topic: string, messages: Message[]): Promise<Place[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(topic, messages);
      } catch (error) {
        if (attempt === ATTEMPTS) {
          throw new NotSentError(error instanceof Error ? error.name : 'unknown error', { cause: error });
        }
        await sleep(backoffMs(attempt, Math.random()));
      }
    }
  }

  async #try(topic: string, messages: Message[]): Promise<Place[]> {
    this.#chosen.clear();
    await this.#producer.connect();
    const answers = await this.#producer.send({ topic, messages, acks: ALL_REPLICAS });
    const next = new Map(answers.map(({ partition, baseOffset }) => [partition, baseOffset]));
    return messages.map((message) => {
      const partition = this.#chosen.get(message) ?? -1;
      const offset = next.get(partition);
      if (offset === undefined) throw new UnconfirmedSend(`partition ${partition} gave no answer`);
      // Messages of one request to one partition stand there one behind the other.
      next.set(partition, (BigInt(offset) + 1n).toString());
      return { partition, offset };
    });
  }
}
