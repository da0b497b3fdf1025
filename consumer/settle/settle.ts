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

/**
 * Waits for something, and keeps the consumer's place in the group meanwhile.
 * @throws kafkajs's error when the group is rebalancing or Kafka is away: kafkajs joins again
 */
export async function heartbeatingUntil(
  { heartbeat }: EachBatchPayload,
  awaited: Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const done = awaited.then(() => over.abort());
  while (!over.signal.aborted) {
    const { signal } = over;
    await sleep(HEARTBEAT_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await heartbeat();
  }
  await done;
}
