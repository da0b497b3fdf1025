import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import type { Hold } from './settle.ts';

// What waits is kept in memory, beside what is read meanwhile.
const MAX_HELD_BYTES = 48_000_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

const NOW = Promise.resolve();

/** A partition that waits. */
interface Waiting {
  /** What waits there is less by now, or for another reason. */
  readonly changed: (now: Hold) => void;
  /** It goes on. */
  readonly end: () => void;
}

/**
 * The partitions that wait while the others go on: what stands first in them cannot be read or stored for now. Such a
 * partition is not read until then: nothing behind what waits could be settled.
 */
export class HeldPartitions {
  readonly #log: Logger;
  readonly #metrics: ConsumerMetrics;
  readonly #attempts = new Map<string, number>();
  #bytes = 0;
  #freed = Promise.withResolvers<void>();

  constructor({ log, metrics }: { readonly log: Logger; readonly metrics: ConsumerMetrics }) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** When more may be read: what waits may not take too much memory. */
  get room(): Promise<void> {
    return this.#bytes <= MAX_HELD_BYTES ? NOW : this.#freed.promise;
  }

  /** Has a batch's partition wait. */
  hold({ batch, pause }: EachBatchPayload, { reason, messages }: Hold, bytes: number): Waiting {
    const { topic, partition } = batch;
    const resume = pause();
    this.#bytes += bytes;
    let labels = { topic, partition, reason };
    this.#metrics.held.set(labels, messages);
    const hint = 'It is tried again until it goes on. Other partitions go on meanwhile.';
    this.#log.error({ ...labels, offset: batch.firstOffset(), messages, hint }, 'held');
    const changed = (now: Hold) => {
      this.#metrics.held.remove(labels);
      labels = { topic, partition, reason: now.reason };
      if (now.messages > 0) this.#metrics.held.set(labels, now.messages);
    };
    const end = () => {
      this.#metrics.held.remove(labels);
      this.#bytes -= bytes;
      this.#freed.resolve();
      this.#freed = Promise.withResolvers();
      resume();
    };
    return { changed, end };
  }

  /** Has a partition wait for a while, each time longer, and then be read again from where it stands. */
  async readLater(payload: EachBatchPayload, hold: Hold, signal: AbortSignal): Promise<void> {
    const place = placeOf(payload);
    const attempt = this.#attempts.get(place) ?? 0;
    this.#attempts.set(place, attempt + 1);
    const { end } = this.hold(payload, hold, 0);
    const ms = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    end();
  }

  /** The partition's offset has moved. */
  movedOn(payload: EachBatchPayload): void {
    this.#attempts.delete(placeOf(payload));
  }
}

function placeOf({ batch }: EachBatchPayload): string {
  return `${batch.topic}/${batch.partition}`;
}
