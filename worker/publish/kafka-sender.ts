import { logLevel } from 'kafkajs';
import { type EventMessage, type StreamEvent, toMessage } from '../../schemas/event.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { type KafkaSettings, kafkaConnection } from '../../schemas/kafka-settings.ts';
import { topicOf } from '../../schemas/topics.ts';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { Sender } from './publisher.ts';

const ALL_IN_SYNC_REPLICAS = -1;
/**
 * A send that has not ended by then is given up, and its connection with it: a little longer than one request may
 * take. kafkajs would repeat what timed out on the same connection, where it may never be answered.
 */
const DEADLINE_MS = 12_000;

/** The broker gave no answer in time. */
class SendTimeout extends Error {
  override readonly name = 'SendTimeout';
}

/** How soon kafkajs gives up on a request, and what is sent again is the outbox's concern. */
export const CLIENT_RETRY = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 };

/** Makes a client whose producers give up soon: what failed is sent again by the outbox, in its order. */
export type CreateClient = (settings: KafkaSettings) => Pick<Kafka, 'producer'>;

/** One long-lived kafkajs producer, made when it is first needed and again after it was discarded. */
export class KafkaSender implements Sender {
  readonly #settings: KafkaSettings;
  readonly #createClient: CreateClient;
  #producer: ConfirmedProducer | undefined;

  constructor(settings: KafkaSettings, client: CreateClient = createClient) {
    this.#settings = settings;
    this.#createClient = client;
  }

  get isConnected(): boolean {
    return this.#producer !== undefined;
  }

  async send(events: readonly StreamEvent[]): Promise<void> {
    const byTopic = Map.groupBy(events, ({ kind }) => topicOf(this.#settings.TOPIC_PREFIX, kind));
    const topicMessages = [...byTopic].map(([topic, group]) => ({ topic, messages: group.map(toMessage) }));
    await withDeadline(this.#sendBatch(topicMessages), DEADLINE_MS);
  }

  discard(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    // Whether it says goodbye in time changes nothing: the next send has a producer of its own.
    producer?.disconnect().catch(() => undefined);
  }

  async #sendBatch(topicMessages: { topic: string; messages: EventMessage[] }[]): Promise<void> {
    let producer = this.#producer;
    if (producer === undefined) {
      producer = new ConfirmedProducer(this.#createClient(this.#settings));
      this.#producer = producer;
      await producer.connect();
    }
    // Not `this.#producer`, which may be another one by now: a send past its deadline must not disturb its successor.
    await producer.sendBatch({ topicMessages, acks: ALL_IN_SYNC_REPLICAS });
  }
}

function createClient(settings: KafkaSettings): Kafka {
  return new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-outbox',
    connectionTimeout: 3_000,
    requestTimeout: 8_000,
    // What goes wrong is told by `/status`; kafkajs's own lines would repeat it without its outbox.
    logLevel: logLevel.NOTHING,
    retry: CLIENT_RETRY,
  });
}

async function withDeadline(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SendTimeout(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
