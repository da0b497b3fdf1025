import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { waitFor } from '../../../local/wait.ts';
import { eventTopics } from '../../../schemas/topics.ts';
import { quietKafka } from '../../support/kafka-client.ts';
import { outboxStates } from '../books.ts';
import type { Fault, Stage } from '../trial.ts';

const LAST_MS = { from: 2_000, to: 5_000 };
const NOTICE_BOUND_MS = 20_000;

/** Topics that take no writes for a while. */
function unwritable(name: string, choose: (topics: string[], stage: Stage) => string[]): Fault {
  return {
    name,
    inject: async (stage) => {
      const { pipeline, random } = stage;
      const topics = choose(eventTopics(pipeline.prefix), stage);
      const sinceMs = Date.now();
      await requireReplicas(pipeline.brokers, topics, 2);
      await pause(random.int(LAST_MS.from, LAST_MS.to));
      const refused = (await outboxStates(pipeline)).filter(
        ({ last_fault }) =>
          last_fault?.what.startsWith('NOT_ENOUGH_REPLICAS') && Date.parse(last_fault.at) >= sinceMs,
      );
      await requireReplicas(pipeline.brokers, topics, 1);
      return refused.length;
    },
  };
}

/** One broker cannot satisfy two: it then refuses writes, as a cluster that lost a replica or its disk does. */
async function requireReplicas(brokers: string, topics: string[], count: number): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  try {
    const configEntries = [{ name: 'min.insync.replicas', value: String(count) }];
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const resources = topics.map((name) => ({ type, name, configEntries }));
    await admin.alterConfigs({ validateOnly: false, resources });
  } finally {
    await admin.disconnect();
  }
}

/**
 * No file of Kafka's may grow any more, which it meets as it would a full disk: its only log directory fails, and it
 * ends. It is started again on a disk with room.
 */
const diskFull: Fault = {
  name: "Kafka's disk full",
  inject: async ({ pipeline }) => {
    const { kafka } = pipeline.parts;
    const pid = kafka.pid();
    // The soft limit alone: the process could be given back what it had without any right.
    await promisify(execFile)('prlimit', ['--pid', String(pid), '--fsize=1:']);
    await waitFor(() => kafka.pid() !== pid, { timeoutMs: NOTICE_BOUND_MS });
    return 1;
  },
};

export const FULL_FAULTS: readonly Fault[] = [
  unwritable('Kafka taking no writes (too few replicas in sync)', (topics) => topics),
  unwritable('Kafka taking no writes for one topic', (topics, { random }) => [random.pick(topics)]),
  diskFull,
];
