import { type ISocketFactory, logLevel } from 'kafkajs';
import { type EventMessage, type StreamEvent, toMessage } from '../../schemas/event.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { type KafkaSettings, kafkaConnection } from '../../schemas/kafka-settings.ts';
import { topicOfEvent } from '../../schemas/topics.ts';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { Sender } from './publisher.ts';
import { Sockets } from './sockets.ts';

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

/**
 * Makes a client whose producers give up soon: what failed is sent again by the outbox, in its order.
 * @param openSocket the only way for it to get a connection
 */
export type CreateClient = (settings: KafkaSettings, openSocket: ISocketFactory) => Pick<Kafka, 'producer'>;

/** A producer and all connections that it has. */
interface Line {
  readonly producer: ConfirmedProducer;
  readonly sockets: Sockets;
}

/** One long-lived kafkajs producer, made when it is first needed and again after it was discarded. */
export class KafkaSender implements Sender {
  readonly #settings: KafkaSettings;
  readonly #createClient: CreateClient;
  #line: Line | undefined;

  constructor(settings: KafkaSettings, client: CreateClient = createClient) {
    this.#settings = settings;
    this.#createClient = client;
  }

  get isConnected(): boolean {
    return this.#line !== undefined;
  }

  async send(events: readonly StreamEvent[]): Promise<void> {
    const byTopic = Map.groupBy(events, (event) => topicOfEvent(this.#settings.TOPIC_PREFIX, event));
    const topicMessages = [...byTopic].map(([topic, group]) => ({ topic, messages: group.map(toMessage) }));
    await withDeadline(this.#sendBatch(topicMessages), DEADLINE_MS);
  }

  discard(): void {
    const line = this.#line;
    this.#line = undefined;
    // Closed, not asked to end: a send that is still under way must not come to life again.
    line?.sockets.close();
    line?.producer.disconnect().catch(() => undefined);
  }

  async #sendBatch(topicMessages: { topic: string; messages: EventMessage[] }[]): Promise<void> {
    const { producer } = this.#line ?? (await this.#connect());
    await producer.sendBatch({ topicMessages, acks: ALL_IN_SYNC_REPLICAS });
  }

  async #connect(): Promise<Line> {
    const sockets = new Sockets();
    const line = {
      sockets,
      producer: new ConfirmedProducer(this.#createClient(this.#settings, sockets.open)),
    };
    // At once: it is discarded too when it cannot connect.
    this.#line = line;
    await line.producer.connect();
    return line;
  }
}

function createClient(settings: KafkaSettings, socketFactory: ISocketFactory): Kafka {
  return new Kafka({
    ...kafkaConnection(settings),
    socketFactory,
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
