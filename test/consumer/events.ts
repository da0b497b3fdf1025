import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { topicOf } from '../../schemas/topics.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { quietKafka } from '../support/kafka.ts';

export const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);

/** A vendor's sample as text, such as `session` or `agent-logout.admin`. */
export function sample(name: string): string {
  return readFileSync(new URL(`../samples/${name}.json`, import.meta.url), 'utf8');
}

/** An event as the outbox would give it to Kafka; each sequence number is another event. */
export function event(
  kind: Kind,
  payload: string,
  sequence = 1,
  changes: Partial<StreamEvent> = {},
): StreamEvent {
  const id = createHash('sha256').update(`${kind} ${sequence}`).digest('hex').slice(0, 32);
  return {
    id,
    app: 'demo',
    kind,
    subject: `room-${sequence}`,
    occurredMs: RECEIVED_MS - 1_000,
    receivedMs: RECEIVED_MS,
    outbox: 'demo/0',
    sequence,
    payload,
    ...changes,
  };
}

/** Sessions with these sequence numbers. */
export function sessions(from: number, to: number, changes: Partial<StreamEvent> = {}): StreamEvent[] {
  const payload = sample('session');
  return Array.from({ length: to - from + 1 }, (_, index) =>
    event('session', payload, from + index, changes),
  );
}

export interface RawMessage {
  readonly topic: string;
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, string | Buffer>;
}

/**
 * Publishes to a Kafka of the tests; disconnected after the test. What kafkajs sends again, since a leader was not there
 * yet, stands there once all the same.
 */
export async function publisher(brokers: string, prefix: string) {
  const producer = quietKafka(brokers).producer({ allowAutoTopicCreation: false, idempotent: true });
  await producer.connect();
  undoAfterwards(() => producer.disconnect());
  return {
    /** Publishes events as the Worker does. */
    async events(events: readonly StreamEvent[]): Promise<void> {
      const topics = Map.groupBy(events, ({ kind }) => topicOf(prefix, kind));
      await producer.sendBatch({
        acks: -1,
        topicMessages: [...topics].map(([topic, each]) => ({ topic, messages: each.map(toMessage) })),
      });
    },
    /** Publishes any bytes. */
    async raw({ topic, key = null, value, headers = {} }: RawMessage): Promise<void> {
      await producer.send({ topic: `${prefix}${topic}`, acks: -1, messages: [{ key, value, headers }] });
    },
  };
}

/** Messages that stand behind the group's committed offsets, and the sum of those offsets. */
export async function groupProgress(brokers: string, group: string, topics: readonly string[]) {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  try {
    const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
    const partitions = committed.flatMap(({ topic, partitions }) =>
      partitions.map((each) => ({ topic, ...each })),
    );
    const ends = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        ends.set(`${topic}/${partition}`, Number(high));
    }
    const at = (offset: string) => Math.max(0, Number(offset));
    return {
      committed: partitions.reduce((sum, { offset }) => sum + at(offset), 0),
      behind: partitions.reduce(
        (sum, { topic, partition, offset }) => sum + (ends.get(`${topic}/${partition}`) ?? 0) - at(offset),
        0,
      ),
    };
  } finally {
    await admin.disconnect();
  }
}
