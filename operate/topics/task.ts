import type { Admin } from 'kafkajs';
import { deadLetterTopic, pipelineTopics } from '../../schemas/topics.ts';
import { applyChanges, createTopics, leadersOf, type NewTopic } from './change.ts';
import { DEAD_LETTER_BYTES, type Difference, differencesOf, messageBytes } from './compare.ts';
import type { TopicLayout } from './layout.ts';
import { readStandings } from './standing.ts';

/** What is to be done. */
export interface Task {
  readonly layout: TopicLayout;
  readonly prefix: string;
  readonly apply: boolean;
  readonly repartition: boolean;
  readonly check: boolean;
}

/** What was done, and what is left. */
export interface Outcome {
  readonly topics: readonly { readonly topic: string; readonly state: 'created' | 'exists' | 'missing' }[];
  /** What was changed. */
  readonly changed: readonly Difference[];
  /** What is not as it must be, still. */
  readonly differences: readonly Difference[];
  /** Whether this user may read the configurations of the topics: if not, they were not compared. */
  readonly isConfigKnown: boolean;
}

/** Creates, compares and changes topics, as far as it is asked to. */
export async function topicsTask(admin: Admin, task: Task): Promise<Outcome> {
  const deadLetters = deadLetterTopic(task.prefix);
  const wanted = pipelineTopics(task.prefix);
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  if (!task.check) {
    await createTopics(
      admin,
      missing.map((topic) => newTopic(topic, topic === deadLetters, task.layout)),
    );
    await leadersOf(admin, wanted);
  }
  const there = task.check ? wanted.filter((topic) => existing.has(topic)) : wanted;
  const made = task.check ? 'missing' : 'created';
  const topics = wanted.map(
    (topic) => ({ topic, state: existing.has(topic) ? ('exists' as const) : made }) as const,
  );
  const { standings, differences } = await compare(admin, there, task);
  const changed = task.apply ? await applyChanges(admin, standings, differences, task.repartition) : [];
  return {
    topics,
    changed,
    differences: differences.filter((difference) => !changed.includes(difference)),
    isConfigKnown: standings.every(({ config }) => config !== undefined),
  };
}

function newTopic(topic: string, isOfDeadLetters: boolean, layout: TopicLayout): NewTopic {
  const { numPartitions, replicationFactor, retentionMs } = layout;
  const config = {
    ...(isOfDeadLetters && { 'max.message.bytes': String(DEAD_LETTER_BYTES) }),
    // An acknowledged event stands on two brokers, and one of three may be away.
    ...(replicationFactor >= 3 && { 'min.insync.replicas': '2' }),
    ...(retentionMs !== undefined && { 'retention.ms': String(retentionMs) }),
  };
  return { topic, numPartitions, replicationFactor, config };
}

async function compare(admin: Admin, topics: readonly string[], { layout, prefix }: Task) {
  if (topics.length === 0) return { standings: [], differences: [] };
  const standings = await readStandings(admin, topics);
  const { brokers } = await admin.describeCluster();
  const differences = standings.flatMap((standing) => {
    const isOfDeadLetters = standing.topic === deadLetterTopic(prefix);
    const wanted = {
      messageBytes: messageBytes(isOfDeadLetters ? undefined : layout.maxBodyBytes),
      partitions: layout.arePartitionsSet ? layout.numPartitions : undefined,
      replicas: layout.replicationFactor === -1 ? undefined : layout.replicationFactor,
      retentionMs: layout.retentionMs,
    };
    return differencesOf(standing, wanted, brokers.length);
  });
  return { standings, differences };
}
