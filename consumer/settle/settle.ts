import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';

/** How often the group is told that we are alive; kafkajs passes on one in each of its own intervals. */
const HEARTBEAT_MS = 1_000;

/**
 * How the wait for a batch ended.
 * - `stored`: all of it stands; only now does its offset move
 * - `abandoned`: the stay in the group ended; whoever has the partition next reads the batch again
 * - `held`: something of it cannot be stored for now, though other batches can
 */
export type Stored =
  | { readonly ending: 'stored' }
  | { readonly ending: 'abandoned' }
  | {
      readonly ending: 'held';
      readonly hold: Hold;
      /** Told what still waits, whenever that has been tried again. */
      readonly watch: (changed: (hold: Hold) => void) => void;
      /** When nothing of it waits any more. */
      readonly later: Promise<Settled>;
    };

export type Settled = 'stored' | 'abandoned';

/** What waits, and why, without content of any payload. */
export interface Hold {
  readonly reason: string;
  readonly messages: number;
}

const WAITING = Symbol('waiting');

/**
 * Waits for something, and keeps the consumer's place in the group meanwhile.
 * @throws kafkajs's error when the group is rebalancing or Kafka is away: kafkajs joins again
 */
export async function heartbeatingUntil<T>({ heartbeat }: EachBatchPayload, awaited: Promise<T>): Promise<T> {
  for (;;) {
    const ending = await Promise.race([awaited, sleep(HEARTBEAT_MS, WAITING, { ref: false })]);
    if (ending !== WAITING) return ending as T;
    await heartbeat();
  }
}

/**
 * Moves the offset behind the last message that stands.
 *
 * It is committed before it is resolved, so that a commit that fails makes kafkajs fetch the batch again instead of
 * leaving the group's offset behind for as long as the partition is quiet.
 * @param last the offset of that message
 * @throws kafkajs's error when the group is rebalancing or Kafka is away: kafkajs joins again
 */
export async function settle(payload: EachBatchPayload, last: string): Promise<void> {
  const { batch, commitOffsetsIfNecessary, resolveOffset } = payload;
  const offset = (BigInt(last) + 1n).toString();
  await commitOffsetsIfNecessary({
    topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
  });
  resolveOffset(last);
}
