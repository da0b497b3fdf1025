import type { Admin } from 'kafkajs';
import { eventTopics } from '../../schemas/topics.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

const { ok, warning, failure } = findingsOf('kafka');

/** Looks at the consumer group: whether anybody is in it, and how far it is behind. */
export async function lookAtGroup(admin: Admin, places: Places): Promise<Finding[]> {
  const { CONSUMER_GROUP: group } = places;
  const { groups } = await admin.describeGroups([group]);
  const [{ state, members } = { state: 'Dead', members: [] }] = groups;
  const behind = await lag(admin, places);
  if (members.length === 0) {
    const what = `nobody is in the consumer group ${group}; ${behind} events wait`;
    return [failure(what, 'Start the consumer: "npm run consumer", in two processes or more.')];
  }
  const told = `consumer group ${group}: ${state}, ${members.length} ${members.length === 1 ? 'member' : 'members'}, ${behind} behind`;
  if (state !== 'Stable') return [warning(told, 'A group that changes settles within a minute: look again.')];
  return [ok(told)];
}

/** Events between what the group has settled and the end of the topics. */
async function lag(admin: Admin, { CONSUMER_GROUP, TOPIC_PREFIX }: Places): Promise<number> {
  const topics = eventTopics(TOPIC_PREFIX);
  const settled = await admin.fetchOffsets({ groupId: CONSUMER_GROUP, topics });
  const ends = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  return topics.reduce((sum, topic, at) => {
    const offsets = settled.find((each) => each.topic === topic)?.partitions ?? [];
    const of = (partition: number) => offsets.find((each) => each.partition === partition)?.offset ?? '-1';
    const behind = (ends[at] ?? []).map(({ partition, high, low }) => {
      const offset = Number(of(partition));
      return Number(high) - (offset < 0 ? Number(low) : offset);
    });
    return sum + behind.reduce((total, each) => total + Math.max(0, each), 0);
  }, 0);
}
