import type { Admin } from 'kafkajs';
import { type Plan, SubscribeError } from './options.ts';

/** A dead letter is its message and why it failed: it must fit where the message only just did. */
const DEAD_LETTER_MAX_BYTES = '2000000';

/**
 * Sees that all topics are there, and that a new group begins where it is to.
 * @returns how many partitions the topics have
 * @throws SubscribeError naming the topics that are missing
 */
export async function prepareTopics(admin: Admin, plan: Plan): Promise<number> {
  const existing = new Set(await admin.listTopics());
  const missing = plan.topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    throw new SubscribeError(
      `not there, or not to be seen by this user: ${missing.join(', ')}. Look whether topicPrefix is right.`,
    );
  }
  if (!existing.has(plan.deadLetterTopic)) await createDeadLetterTopic(admin, plan.deadLetterTopic);
  if (plan.from === 'now') await beginNow(admin, plan);
  const { topics } = await admin.fetchTopicMetadata({ topics: [...plan.topics] });
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

async function createDeadLetterTopic(admin: Admin, topic: string): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: DEAD_LETTER_MAX_BYTES }];
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: 1, replicationFactor: -1, configEntries }],
  });
}

/**
 * Gives a new group its place at the end of the topics. Without one it would look for the end each time it starts, and
 * pass over what came in between.
 */
async function beginNow(admin: Admin, { group, topics }: Plan): Promise<void> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const isNew = committed.every(({ partitions }) => partitions.every(({ offset }) => offset === '-1'));
  if (!isNew) return;
  const { groups } = await admin.describeGroups([group]);
  // Another member is just beginning, and has done this.
  if (groups.some(({ members }) => members.length > 0)) return;
  for (const topic of topics) {
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.setOffsets({ groupId: group, topic, partitions });
  }
}
