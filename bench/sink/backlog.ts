import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { logLevel } from 'kafkajs';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { isJsonObject } from '../../schemas/json.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { topicOf } from '../../schemas/topics.ts';
import { FACT_KINDS, type FactKind } from '../../schemas/webhooks.ts';

const BATCH = 2_000;
const OUTBOXES = 4;
const ROOMS = 5_000;
/** The bench's events are received one after the other at this pace. */
const PACE_MS = 50;
const FIRST_RECEIVED_MS = Date.UTC(2026, 0, 1);

/** When the nth event was received. @returns milliseconds since 1970 */
export function receivedMs(index: number): number {
  return FIRST_RECEIVED_MS + index * PACE_MS;
}

/**
 * Writes events to the topics as the Worker would, of all kinds in turn: those from one index to before another.
 * kafkajs sends a batch again, whole, where one of its partitions has no leader yet, as those of a new topic; an
 * idempotent producer's second try leaves no copies.
 * @param onProgress is given how many there are by now
 */
export async function publish(
  brokers: string,
  { from, to }: { readonly from: number; readonly to: number },
  onProgress: (published: number) => void,
): Promise<void> {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'bench', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false, idempotent: true });
  await producer.connect();
  try {
    for (let first = from; first < to; first += BATCH) {
      const size = Math.min(BATCH, to - first);
      const events = Array.from({ length: size }, (_, offset) => eventAt(first + offset));
      const topicMessages = [...Map.groupBy(events, ({ kind }) => kind)].map(([kind, group]) => ({
        topic: topicOf('qiscus.', kind),
        messages: group.map(toMessage),
      }));
      await producer.sendBatch({ acks: -1, topicMessages });
      if (first === from) await producer.sendBatch({ acks: -1, topicMessages });
      onProgress(first + size);
    }
  } finally {
    await producer.disconnect();
  }
}

function eventAt(index: number): StreamEvent {
  const kind = FACT_KINDS[index % FACT_KINDS.length] ?? 'session';
  const subject = `${1 + (index % ROOMS)}`;
  return {
    id: createHash('md5').update(`${index}`).digest('hex'),
    app: 'demo',
    kind,
    subject,
    occurredMs: receivedMs(index),
    receivedMs: receivedMs(index),
    outbox: `demo/${index % OUTBOXES}`,
    sequence: Math.floor(index / OUTBOXES) + 1,
    payload: payloadOf(kind, subject),
    // As long as a link, and as hard to compress.
    chain: createHash('sha256').update(`${index}`).digest('hex'),
  };
}

const SUBJECT = '§';
const TEMPLATES = new Map(FACT_KINDS.map((kind) => [kind, template(kind)]));

/** The vendor's sample of a kind as JSON without blanks, of another room or user. */
export function payloadOf(kind: FactKind, subject: string): string {
  return TEMPLATES.get(kind)?.replaceAll(SUBJECT, subject) ?? '';
}

/** The sample with a sign for what differs from room to room: ids, and the names of people and rooms. */
function template(kind: FactKind): string {
  const name = kind === 'agent-logout' ? 'agent-logout.agent' : kind;
  const text = readFileSync(new URL(`../../test/samples/${name}.json`, import.meta.url), 'utf8');
  return JSON.stringify(JSON.parse(text), marked);
}

function marked(key: string, value: unknown): unknown {
  if ((key === 'room' || key === 'user') && isJsonObject(value)) return { ...value, id: SUBJECT };
  if (key === 'room_id') return SUBJECT;
  return key === 'name' && typeof value === 'string' ? `${value} ${SUBJECT}` : value;
}
