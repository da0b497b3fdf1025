import { type Admin, logLevel } from 'kafkajs';
import { Kafka } from '../../../schemas/kafka-client.ts';
import { kafkaConnection } from '../../../schemas/kafka-settings.ts';
import { deadLetterTopic, eventTopics } from '../../../schemas/topics.ts';
import type { AuditSettings } from './settings.ts';

const TIMEOUT_MS = 3_000;

/** Offsets by partition, such as `qiscus.session/3`. */
export type Offsets = ReadonlyMap<string, number>;

/** How far a partition is written and how far the consumer group has settled it. */
export interface Positions {
  readonly end: Offsets;
  readonly committed: Offsets;
}

/** Where the consumer group stands in the topics of events, and in that of dead letters. */
export interface StreamState {
  readonly events: Positions;
  readonly deadLetters: Positions;
}

/** A connection to Kafka that only asks. */
export class Stream {
  readonly #settings: AuditSettings;
  #admin: Admin | undefined;

  constructor(settings: AuditSettings) {
    this.#settings = settings;
  }

  /** Undefined where Kafka, or one of the topics, is not there. */
  async ask(): Promise<StreamState | undefined> {
    const { TOPIC_PREFIX } = this.#settings;
    try {
      const admin = await this.#connected();
      const events = await this.#positions(admin, eventTopics(TOPIC_PREFIX));
      return { events, deadLetters: await this.#positions(admin, [deadLetterTopic(TOPIC_PREFIX)]) };
    } catch {
      await this.close();
      return undefined;
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin;
    const admin = new Kafka({
      ...kafkaConnection(this.#settings),
      clientId: 'qiscus-stream-audit',
      connectionTimeout: TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      retry: { retries: 1 },
      logLevel: logLevel.NOTHING,
    }).admin();
    await admin.connect();
    this.#admin = admin;
    return admin;
  }

  async #positions(admin: Admin, topics: string[]): Promise<Positions> {
    const end = new Map<string, number>();
    const low = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, ...offsets } of await admin.fetchTopicOffsets(topic)) {
        end.set(`${topic}/${partition}`, Number(offsets.high));
        low.set(`${topic}/${partition}`, Number(offsets.low));
      }
    }
    const groups = await admin.fetchOffsets({ groupId: this.#settings.CONSUMER_GROUP, topics });
    const settled = new Map<string, number>(
      groups.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const),
      ),
    );
    // Never committed, or committed before retention took what it pointed to: the group begins at the first message.
    const committed = new Map(
      [...low].map(([place, first]) => [place, Math.max(first, settled.get(place) ?? 0)]),
    );
    return { end, committed };
  }
}

/** Whether all that was written up to these offsets is settled. */
export function isPast(committed: Offsets, marks: Offsets): boolean {
  return [...marks].every(([place, mark]) => (committed.get(place) ?? 0) >= mark);
}

/** Messages that wait for the consumer group, dead letters included. */
export function lagOf({ events, deadLetters }: StreamState): number {
  return [events, deadLetters].reduce(
    (sum, { end, committed }) =>
      sum + [...end].reduce((lag, [place, high]) => lag + Math.max(0, high - (committed.get(place) ?? 0)), 0),
    0,
  );
}
