import type { Admin } from 'kafkajs';
import type { Counts } from './handle.ts';
import type { Plan } from './options.ts';

/** A running subscription. */
export interface Subscription {
  /** How it is; asks nobody. */
  health(): Health;
  /** How far the whole group is behind; asks Kafka. */
  lag(): Promise<readonly PartitionLag[]>;
  /** Ends what is being handled, commits, leaves the group and closes. */
  stop(): Promise<void>;
  /**
   * Resolves when it has stopped; rejects with a SubscribeError when it cannot go on: end the process then, and have
   * it started again.
   */
  readonly ended: Promise<void>;
}

/** How a subscription is. */
export interface Health extends Readonly<Counts> {
  /**
   * - `running`: it is in its group, and Kafka answers
   * - `joining`: it is on its way into its group, or Kafka is away
   * - `stopped`
   * - `dead`: it cannot go on
   */
  readonly state: 'running' | 'joining' | 'stopped' | 'dead';
  /** Messages that are being handled, or wait for it. */
  readonly inHand: number;
  /** Gaps that were told and are open still; undefined where this member cannot tell, since others read a part. */
  readonly gaps: number | undefined;
}

/** How far a partition is behind. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Messages that the group is not done with. */
  readonly behind: number;
}

/** Asks Kafka how far the group is behind. */
export async function lagOf(admin: Admin, { group, topics }: Plan): Promise<PartitionLag[]> {
  const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  const lags = await Promise.all(
    topics.map(async (topic) => {
      const offsets = committed.find((each) => each.topic === topic)?.partitions ?? [];
      const ends = await admin.fetchTopicOffsets(topic);
      return ends.map(({ partition, low, high }) => {
        const offset = Number(offsets.find((each) => each.partition === partition)?.offset ?? -1);
        return { topic, partition, behind: Math.max(0, Number(high) - Math.max(offset, Number(low))) };
      });
    }),
  );
  return lags.flat();
}
