import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';

/** How often the group is told that we are alive; kafkajs passes on one in each of its own intervals. */
const HEARTBEAT_MS = 1_000;

/** How the wait for a batch ended; only after `stored` does its offset move. */
export type Stored = 'stored' | 'abandoned';

/**
 * Waits until a batch is stored, however long that takes, and keeps the consumer's place in the group meanwhile.
 * Commits the offset behind the batch only then. An abandoned batch is left as it was: whoever has its partition
 * next reads it again.
 *
 * The offset is committed before it is resolved, so that a commit that fails makes kafkajs fetch the batch again
 * instead of leaving the group's offset behind for as long as the partition is quiet.
 * @returns whether the offset moved
 * @throws kafkajs's error when the group is rebalancing or Kafka is away: kafkajs joins again
 */
export async function settle(payload: EachBatchPayload, stored: Promise<Stored>): Promise<boolean> {
  const { batch, heartbeat, commitOffsetsIfNecessary, resolveOffset } = payload;
  let ending: Stored | 'waiting' = 'waiting';
  while (ending === 'waiting') {
    ending = await Promise.race([stored, sleep(HEARTBEAT_MS, 'waiting' as const, { ref: false })]);
    if (ending === 'waiting') await heartbeat();
  }
  if (ending === 'abandoned') return false;
  const offset = (BigInt(batch.lastOffset()) + 1n).toString();
  await commitOffsetsIfNecessary({
    topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
  });
  resolveOffset(batch.lastOffset());
  return true;
}
