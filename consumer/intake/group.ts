import type { EachBatchHandler } from 'kafkajs';
import type { Logger } from 'pino';
import { backOff } from '../../schemas/group/backoff.ts';
import { type Member, watchGroup } from '../../schemas/group/watch-group.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';

/** All partitions of a fetch are worked on at once: they wait for the same inserts. */
const CONCURRENT_PARTITIONS = 100;

export interface GroupDeps extends Member {
  readonly topics: readonly string[];
  /** The canary's topic: where it is not there yet, all others are read without it. */
  readonly canaries: string;
  readonly metrics: ConsumerMetrics;
  readonly log: Logger;
}

/**
 * Joins the consumer group and has every batch handled; keeps trying as long as Kafka is away or its topics are not
 * made yet. Offsets are the handler's to commit: kafkajs commits none by itself.
 */
export async function joinGroup(
  { consumer, topics, canaries, liveness, log }: GroupDeps,
  eachBatch: EachBatchHandler,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      liveness.sign();
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      // Matched with what there is: a topic that is named must be there.
      await consumer.subscribe({ topics: [new RegExp(`^${RegExp.escape(canaries)}$`)], fromBeginning: true });
      break;
    } catch (error) {
      const hint =
        'Look whether Kafka runs, KAFKA_BROKERS is right and `npm run topics` has made the topics.';
      log.error({ err: error, attempt, hint }, 'cannot join the consumer group yet');
      await backOff(attempt, signal);
    }
  }
  if (signal.aborted) return;
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
    eachBatch,
  });
}

/** Keeps membership, liveness and metrics up to date with what kafkajs tells of its consumer. */
export function watchConsumer(deps: GroupDeps): void {
  const { metrics, log } = deps;
  watchGroup(deps, {
    joined: (stay) => {
      metrics.rebalances.inc();
      // Partitions that are another's now would keep their last lag for ever.
      metrics.lag.reset();
      log.info({ group: stay.groupId, assignment: stay.memberAssignment }, 'joined the group');
    },
    lost: (error) => log.warn({ err: error }, 'the consumer lost Kafka or its group, and starts again'),
  });
}
