import { type Admin, logLevel } from 'kafkajs';
import { Kafka } from '../../schemas/kafka-client.ts';
import { type KafkaSettings, kafkaConnection } from '../../schemas/kafka-settings.ts';
import { deadLetterTopic, eventTopics } from '../../schemas/topics.ts';
import { TOPIC } from '../topics/standing.ts';

const TIMEOUT_MS = 3_000;
/** Kafka's own default: a segment is kept until its newest record is old enough. */
const SEGMENT_MS = 604_800_000;

/**
 * How long Kafka keeps what it has at the longest, milliseconds: the topics' retention and the time that a segment
 * stays open. Infinity where a topic keeps its records for ever, undefined where it is not to be known.
 */
export async function longestRetention(settings: KafkaSettings): Promise<number | undefined> {
  const admin = new Kafka({
    ...kafkaConnection(settings),
    clientId: 'qiscus-stream-erase',
    connectionTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    retry: { retries: 1 },
    logLevel: logLevel.NOTHING,
  }).admin();
  try {
    await admin.connect();
    return await askRetention(admin, settings.TOPIC_PREFIX);
  } catch {
    return undefined;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function askRetention(admin: Admin, prefix: string): Promise<number> {
  const topics = [...eventTopics(prefix), deadLetterTopic(prefix)];
  const resources = topics.map((name) => ({
    type: TOPIC,
    name,
    configNames: ['retention.ms', 'segment.ms'],
  }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
  const times = answer.resources.map(({ configEntries }) => {
    const of = (name: string, otherwise: number) =>
      Number(configEntries.find(({ configName }) => configName === name)?.configValue ?? otherwise);
    const retentionMs = of('retention.ms', -1);
    return retentionMs < 0 ? Infinity : retentionMs + of('segment.ms', SEGMENT_MS);
  });
  return Math.max(...times);
}
