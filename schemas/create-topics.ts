import { setTimeout as sleep } from 'node:timers/promises';
import { type } from 'arktype';
import { logLevel } from 'kafkajs';
import { Kafka } from './kafka-client.ts';
import { kafkaConnection, kafkaSettings } from './kafka-settings.ts';
import { settingsError } from './settings.ts';
import { deadLetterTopic, eventTopics } from './topics.ts';

/**
 * `npm run topics`: creates the topics that do not exist yet, and leaves the others as they are. Topics are made
 * here and nowhere else: a broker that creates them by accident gives them its default number of partitions, and
 * the order of a key is lost when that is mended.
 */
const topicSettings = type({
  'TOPIC_PARTITIONS?': 'string.integer.parse',
  'TOPIC_REPLICATION_FACTOR?': 'string.integer.parse',
});

const connection = kafkaSettings(process.env);
const layout = topicSettings(process.env);
if (connection instanceof type.errors) throw settingsError(connection);
if (layout instanceof type.errors) throw settingsError(layout);

const numPartitions = layout.TOPIC_PARTITIONS ?? 3;
// -1 is the broker's own default.
const replicationFactor = layout.TOPIC_REPLICATION_FACTOR ?? -1;

const deadLetters = deadLetterTopic(connection.TOPIC_PREFIX);
// A dead letter is its message and why it failed: it must fit where the message only just did.
const DEAD_LETTER_MAX_BYTES = '2000000';
const LEADERS_TIMEOUT_MS = 30_000;
const LEADERS_POLL_MS = 100;

function layoutOf(topic: string) {
  const configEntries =
    topic === deadLetters ? [{ name: 'max.message.bytes', value: DEAD_LETTER_MAX_BYTES }] : [];
  return { topic, numPartitions, replicationFactor, configEntries };
}

const kafka = new Kafka({
  ...kafkaConnection(connection),
  clientId: 'qiscus-stream-topics',
  logLevel: logLevel.ERROR,
});
const admin = kafka.admin();
await admin.connect();
try {
  const wanted = [...eventTopics(connection.TOPIC_PREFIX), deadLetters];
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  // kafkajs's own wait for leaders fails when it asks a broker that has not heard of a topic yet.
  await admin.createTopics({ waitForLeaders: false, topics: missing.map(layoutOf) });
  await leadersOf(wanted);
  for (const topic of wanted) console.log(`${existing.has(topic) ? 'exists ' : 'created'} ${topic}`);
} finally {
  await admin.disconnect();
}

/** Waits until every partition can be written to. @throws when that takes too long */
async function leadersOf(topics: string[]): Promise<void> {
  const deadline = performance.now() + LEADERS_TIMEOUT_MS;
  while (!(await haveLeaders(topics))) {
    if (performance.now() > deadline)
      throw new Error('the topics are made, but not all partitions have a leader');
    await sleep(LEADERS_POLL_MS);
  }
}

async function haveLeaders(topics: string[]): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics });
    return metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch {
    // The broker that was asked has not heard of a topic yet.
    return false;
  }
}
