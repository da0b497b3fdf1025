import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { CommandError } from '../../consumer/cli/command.ts';
import type { Difference } from './compare.ts';
import { type Standing, TOPIC } from './standing.ts';

const LEADERS_TIMEOUT_MS = 30_000;
const LEADERS_POLL_MS = 100;

/** A topic that is to be made. */
export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Makes topics. */
export async function createTopics(admin: Admin, topics: readonly NewTopic[]): Promise<void> {
  // kafkajs's own wait for leaders fails when it asks a broker that has not heard of a topic yet.
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map(({ config, ...layout }) => ({ ...layout, configEntries: entriesOf(config) })),
  });
}

/** Waits until every partition can be written to. @throws CommandError when that takes too long */
export async function leadersOf(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = performance.now() + LEADERS_TIMEOUT_MS;
  while (!(await haveLeaders(admin, topics))) {
    if (performance.now() > deadline) {
      throw new CommandError(
        `The topics are made, but after ${LEADERS_TIMEOUT_MS / 1_000} s not all of their partitions have a leader. ` +
          'Look whether all brokers run, and run this again.',
      );
    }
    await sleep(LEADERS_POLL_MS);
  }
}

async function haveLeaders(admin: Admin, topics: readonly string[]): Promise<boolean> {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
    if (metadata.topics.some(({ partitions }) => partitions.some(({ leader }) => leader < 0))) return false;
    // A leader that has been named may not have heard of it yet: it would refuse to be written to.
    for (const topic of topics) await admin.fetchTopicOffsets(topic);
    return true;
  } catch {
    // The broker that was asked has not heard of a topic, or of leading it, yet.
    return false;
  }
}

/**
 * Changes what can be changed of topics.
 * @param repartitions whether partitions may be added
 * @returns what was changed
 */
export async function applyChanges(
  admin: Admin,
  standings: readonly Standing[],
  differences: readonly Difference[],
  repartitions: boolean,
): Promise<Difference[]> {
  const changes = differences.filter(({ setting, is, wanted }) => {
    if (setting === 'replicas') return false;
    return setting !== 'partitions' || (repartitions && Number(wanted) > Number(is));
  });
  for (const [topic, each] of Map.groupBy(changes, (change) => change.topic)) {
    const [partitions, configs] = [
      each.filter(({ setting }) => setting === 'partitions'),
      each.filter(({ setting }) => setting !== 'partitions'),
    ];
    const own = standings.find((standing) => standing.topic === topic)?.own ?? {};
    if (configs.length > 0) await alterConfig(admin, topic, own, configs);
    for (const { wanted } of partitions) {
      await admin.createPartitions({ topicPartitions: [{ topic, count: Number(wanted) }] });
    }
  }
  return changes;
}

/** The request replaces all that was set for a topic: what is to stay goes with it. */
async function alterConfig(
  admin: Admin,
  topic: string,
  own: Standing['own'],
  changes: readonly Difference[],
): Promise<void> {
  const changed = Object.fromEntries(changes.map(({ setting, wanted }) => [setting, wanted]));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: TOPIC, name: topic, configEntries: entriesOf({ ...own, ...changed }) }],
  });
}

function entriesOf(config: Readonly<Record<string, string>>) {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}
