import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { waitFor } from '../../../local/wait.ts';
import { eventTopics } from '../../../schemas/topics.ts';
import { KAFKA_ERROR } from '../kafka-refusal.ts';
import type { Fault, Stage } from '../trial.ts';

const LAST_MS = { from: 2_000, to: 5_000 };
const NOTICE_BOUND_MS = 20_000;

/**
 * Writes that a broker refuses, which one broker alone cannot be brought to: with a replication factor of 1 it takes
 * them, or dies.
 */
function refusing(name: string, error: number, choose: (topics: string[], stage: Stage) => string[]): Fault {
  return {
    name: `${name} (the proxy answers in its place)`,
    inject: async (stage) => {
      const { kafka } = stage.pipeline.proxies;
      const before = kafka.disturbed();
      kafka.refuseWrites({ topics: choose(eventTopics(stage.pipeline.prefix), stage), error });
      await pause(stage.random.int(LAST_MS.from, LAST_MS.to));
      kafka.refuseWrites(undefined);
      return kafka.disturbed() - before;
    },
  };
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
    if (pid === undefined) return 0;
    // The soft limit alone, which any process of the same user may set.
    await promisify(execFile)('prlimit', ['--pid', String(pid), '--fsize=1:']);
    await waitFor(() => kafka.pid() !== pid, { timeoutMs: NOTICE_BOUND_MS });
    return 1;
  },
};

export const FULL_FAULTS: readonly Fault[] = [
  diskFull,
  refusing('Kafka with too few replicas in sync', KAFKA_ERROR.notEnoughReplicas, (topics) => topics),
  refusing('Kafka with a storage error in one topic', KAFKA_ERROR.storage, (topics, { random }) => [
    random.pick(topics),
  ]),
];
