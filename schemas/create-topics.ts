import { setTimeout as sleep } from 'node:timers/promises';
import { type } from 'arktype';
import { type Admin, logLevel } from 'kafkajs';
import { Kafka } from './kafka-client.ts';
import { type KafkaSettings, kafkaConnection, kafkaSettings } from './kafka-settings.ts';
import { kafkaTrouble, noAnswer } from './kafka-trouble.ts';
import { SettingsError, settingsError } from './settings.ts';
import { readTopicLayout, type TopicLayout } from './topic-layout.ts';
import { canaryTopic, deadLetterTopic, eventTopics } from './topics.ts';

/**
 * `npm run topics`: creates the topics that do not exist yet, and leaves the others as they are. Topics are made
 * here and nowhere else: a broker that creates them by accident gives them its default number of partitions, and
 * the order of a key is lost when that is mended.
 */

// A dead letter is its message and why it failed: it must fit where the message only just did.
const DEAD_LETTER_MAX_BYTES = '2000000';
// Some four seconds where nothing listens: a broker that is just starting may be there by then.
const RETRY = { retries: 4, initialRetryTime: 300, maxRetryTime: 1_500 };
const CONNECT_TIMEOUT_MS = 15_000;
const LEADERS_TIMEOUT_MS = 30_000;
const LEADERS_POLL_MS = 100;

/** The topics cannot be made; the message says why and what to do. */
class TopicsError extends Error {
  override readonly name = 'TopicsError';
}

async function main(): Promise<void> {
  const settings = kafkaSettings(process.env);
  if (settings instanceof type.errors) throw settingsError(settings);
  const layout = readTopicLayout(process.env);
  const admin = new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-topics',
    // What goes wrong is told once, at the end.
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: RETRY,
  }).admin();
  try {
    await connect(admin, settings);
    await createTopics(admin, settings, layout);
  } catch (error) {
    const told = kafkaTrouble(error, settings.KAFKA_BROKERS);
    throw told === undefined ? error : new TopicsError(told, { cause: error });
  }
  await admin.disconnect();
}

/** @throws TopicsError where something takes the connection and does not answer; else what kafkajs throws */
async function connect(admin: Admin, { KAFKA_BROKERS }: KafkaSettings): Promise<void> {
  const waiting = new AbortController();
  const deadline = sleep(CONNECT_TIMEOUT_MS, undefined, { signal: waiting.signal }).then(() => {
    throw new TopicsError(noAnswer(KAFKA_BROKERS, `not within ${CONNECT_TIMEOUT_MS / 1_000} s`));
  });
  try {
    await Promise.race([admin.connect(), deadline]);
  } finally {
    waiting.abort();
  }
}

async function createTopics(
  admin: Admin,
  { TOPIC_PREFIX }: KafkaSettings,
  { numPartitions, replicationFactor }: TopicLayout,
): Promise<void> {
  const deadLetters = deadLetterTopic(TOPIC_PREFIX);
  const layoutOf = (topic: string) => {
    const configEntries =
      topic === deadLetters ? [{ name: 'max.message.bytes', value: DEAD_LETTER_MAX_BYTES }] : [];
    return { topic, numPartitions, replicationFactor, configEntries };
  };
  const wanted = [...eventTopics(TOPIC_PREFIX), deadLetters, canaryTopic(TOPIC_PREFIX)];
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  // kafkajs's own wait for leaders fails when it asks a broker that has not heard of a topic yet.
  await admin.createTopics({ waitForLeaders: false, topics: missing.map(layoutOf) });
  await leadersOf(admin, wanted);
  for (const topic of wanted) console.log(`${existing.has(topic) ? 'exists ' : 'created'} ${topic}`);
}

/** Waits until every partition can be written to. @throws TopicsError when that takes too long */
async function leadersOf(admin: Admin, topics: string[]): Promise<void> {
  const deadline = performance.now() + LEADERS_TIMEOUT_MS;
  while (!(await haveLeaders(admin, topics))) {
    if (performance.now() > deadline) {
      throw new TopicsError(
        `The topics are made, but after ${LEADERS_TIMEOUT_MS / 1_000} s not all of their partitions have a leader. ` +
          'Look whether all brokers run, and run this again.',
      );
    }
    await sleep(LEADERS_POLL_MS);
  }
}

async function haveLeaders(admin: Admin, topics: string[]): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics });
    return metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch {
    // The broker that was asked has not heard of a topic yet.
    return false;
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TopicsError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  // What kafkajs still tries would hold the process.
  process.exit(1);
}
