import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, logLevel } from 'kafkajs';
import { Kafka } from '../../schemas/kafka-client.ts';
import { kafkaConnection } from '../../schemas/kafka-settings.ts';
import { kafkaTrouble, noAnswer } from '../../schemas/kafka-trouble.ts';
import { type Finding, findingsOf, inParts } from './finding.ts';
import { lookAtGroup } from './group.ts';
import { lookAtRights } from './rights.ts';
import type { Places } from './settings.ts';
import { lookAtTopics } from './topics.ts';

const TIMEOUT_MS = 15_000;
const { ok, failure } = findingsOf('kafka');

/**
 * Looks at Kafka as the consumer's user sees it: brokers, topics, and the consumer group. Never throws what Kafka says.
 * @param isBefore whether nobody can be in the group yet
 */
export async function lookAtKafka(places: Places, isBefore: boolean): Promise<Finding[]> {
  const client = new Kafka({
    ...kafkaConnection(places),
    clientId: 'qiscus-stream-doctor',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 1, initialRetryTime: 200 },
  });
  const admin = client.admin();
  const ended = new AbortController();
  const late = sleep(TIMEOUT_MS, undefined, { signal: ended.signal }).then(() => [
    failure(
      noAnswer(places.KAFKA_BROKERS, `not within ${TIMEOUT_MS / 1_000} s`),
      'Look into its log, and at the network.',
    ),
  ]);
  try {
    return await Promise.race([examine(client, admin, places, isBefore), late]);
  } catch (error) {
    const told = kafkaTrouble(error, places.KAFKA_BROKERS);
    if (told === undefined) throw error;
    const { what, mend } = inParts(told);
    return [failure(what, mend)];
  } finally {
    ended.abort();
    late.catch(() => undefined);
    void admin.disconnect().catch(() => undefined);
  }
}

async function examine(client: Kafka, admin: Admin, places: Places, isBefore: boolean): Promise<Finding[]> {
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  const reached = ok(`${brokers.length} ${brokers.length === 1 ? 'broker answers' : 'brokers answer'}`);
  const { findings, missing } = await lookAtTopics(admin, places, brokers.length);
  // The positions of a group on topics that are not there cannot be told.
  const group = missing || isBefore ? [] : await lookAtGroup(admin, places);
  return [reached, ...findings, ...(await lookAtRights(client)), ...group];
}
