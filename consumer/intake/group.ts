import type { Consumer, EachBatchHandler } from 'kafkajs';
import type { Logger } from 'pino';
import { backOff } from '../backoff.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import type { Liveness } from './liveness.ts';
import type { Membership } from './membership.ts';

/** All partitions of a fetch are worked on at once: they wait for the same inserts. */
const CONCURRENT_PARTITIONS = 100;

export interface GroupDeps {
  readonly consumer: Consumer;
  readonly topics: readonly string[];
  /** The canary's topic: where it is not there yet, all others are read without it. */
  readonly canaries: string;
  readonly membership: Membership;
  readonly liveness: Liveness;
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

/** Keeps membership and liveness up to date with what kafkajs tells of its consumer. */
export function watchGroup({ consumer, membership, liveness, metrics, log }: GroupDeps): void {
  const { CONNECT, GROUP_JOIN, REBALANCING, HEARTBEAT, FETCH, CRASH, STOP } = consumer.events;
  consumer.on(CONNECT, () => liveness.sign());
  consumer.on(GROUP_JOIN, ({ payload }) => {
    liveness.joined();
    // No sooner: until then, kafkajs reads on behind what it has read.
    membership.renew();
    metrics.rebalances.inc();
    // Partitions that are another's now would keep their last lag for ever.
    metrics.lag.reset();
    log.info({ group: payload.groupId, assignment: payload.memberAssignment }, 'joined the group');
  });
  consumer.on(REBALANCING, () => {
    liveness.left();
    liveness.sign();
  });
  consumer.on(HEARTBEAT, () => liveness.sign());
  consumer.on(FETCH, () => liveness.sign());
  consumer.on(STOP, () => liveness.left());
  consumer.on(CRASH, ({ payload: { error, restart } }) => {
    liveness.left();
    liveness.sign();
    if (restart) log.warn({ err: error }, 'the consumer lost Kafka or its group, and starts again');
    else liveness.died(`kafkajs gave the consumer up: ${error.name}`);
  });
}
