import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { logLevel } from 'kafkajs';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { Kafka } from '../../schemas/kafka-client.ts';
import { topicOf } from '../../schemas/topics.ts';
import { FACT_KINDS, type FactKind } from '../../schemas/webhooks.ts';

const BATCH = 2_000;
const FIRST_RECEIVED_MS = Date.UTC(2026, 0, 1);
const OUTBOXES = 4;

/** Writes so many events to the topics, of all kinds in turn, as the Worker would. */
export async function publish(
  brokers: string,
  count: number,
  onProgress: (published: number) => void,
): Promise<void> {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'bench', logLevel: logLevel.ERROR });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    for (let from = 0; from < count; from += BATCH) {
      const size = Math.min(BATCH, count - from);
      const events = Array.from({ length: size }, (_, index) => eventAt(from + index));
      const topicMessages = [...Map.groupBy(events, ({ kind }) => kind)].map(([kind, group]) => ({
        topic: topicOf('qiscus.', kind),
        messages: group.map(toMessage),
      }));
      await producer.sendBatch({ acks: -1, topicMessages });
      onProgress(from + size);
    }
  } finally {
    await producer.disconnect();
  }
}

const samples = new Map<FactKind, string>();

function sample(kind: FactKind): string {
  const known = samples.get(kind);
  if (known !== undefined) return known;
  const name = kind === 'agent-logout' ? 'agent-logout.agent' : kind;
  const text = readFileSync(new URL(`../../test/samples/${name}.json`, import.meta.url), 'utf8');
  samples.set(kind, text);
  return text;
}

function eventAt(index: number): StreamEvent {
  const kind = FACT_KINDS[index % FACT_KINDS.length] ?? 'session';
  const receivedMs = FIRST_RECEIVED_MS + index * 50;
  return {
    id: createHash('md5').update(`${index}`).digest('hex'),
    app: 'demo',
    kind,
    subject: `${index % 5_000}`,
    occurredMs: receivedMs,
    receivedMs,
    outbox: `demo/${index % OUTBOXES}`,
    sequence: Math.floor(index / OUTBOXES) + 1,
    payload: sample(kind),
  };
}
