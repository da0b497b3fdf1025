import { readFileSync } from 'node:fs';
import type { IHeaders } from 'kafkajs';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { quietKafka } from '../support/kafka.ts';
import { ADMIN_TOKEN, type TestWorker } from '../support/worker.ts';

/** A sample payload as the vendor sends it, such as `session`. */
export function sample(name: string): string {
  return readFileSync(new URL(`../samples/${name}.json`, import.meta.url), 'utf8');
}

/** The names of all eight. */
export const SAMPLES = [
  'agent-logout.admin',
  'agent-logout.agent',
  'agent-logout.supervisor',
  'allocation',
  'custom-button',
  'message',
  'resolution',
  'session',
];

/** The edge's answer to a webhook that was taken. */
export type Receipt = { id: string; kind: string; duplicate: boolean; problems?: string[] };

/** Posts a body, and gives the status with the parsed answer. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; json: Receipt & { detail: string; title: string } }> {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()) };
}

/** The state of all outboxes, as an administrator sees it. */
export async function status(worker: TestWorker) {
  const response = await fetch(`${worker.url}/status`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { outboxes } = (await response.json()) as { outboxes: OutboxState[] };
  return { outboxes, pending: outboxes.reduce((sum, outbox) => sum + outbox.pending, 0) };
}

type OutboxState = {
  outbox: string;
  pending: number;
  database_bytes: number;
  oldest_age_ms: number;
  last_sequence: number;
  published: number;
  duplicates: number;
  set_aside: { id: string; reason: string; bytes: number }[];
  last_fault: { what: string; at: string } | null;
};

/** A message as it stands on a topic. */
export type Message = {
  topic: string;
  partition: number;
  key: string;
  value: string;
  headers: Record<string, string>;
};

/** Reads a prefix's topics from their beginning; `messages` grows as they come. */
export async function readTopics(brokers: string, prefix: string): Promise<{ messages: Message[] }> {
  const kafka = quietKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `${prefix}reader-${Math.random().toString(36).slice(2)}` });
  const messages: Message[] = [];
  await consumer.connect();
  undoAfterwards(() => consumer.disconnect());
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const { key, value, headers = {} } = message;
      messages.push({ topic, partition, key: String(key), value: String(value), headers: asText(headers) });
    },
  });
  return { messages };
}

/** Waits until as many messages stand on the topics, and gives them. */
export async function arrived(reader: { messages: Message[] }, count: number): Promise<Message[]> {
  return eventually(
    () => {
      if (reader.messages.length < count)
        throw new Error(`${reader.messages.length} of ${count} messages arrived`);
      return reader.messages;
    },
    { timeoutMs: 40_000 },
  );
}

function asText(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
