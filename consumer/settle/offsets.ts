import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';
import type { Logger } from 'pino';
import { backOff } from '../backoff.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import { PartitionProgress } from './partition-progress.ts';

export interface OffsetsDeps {
  readonly log: Logger;
  readonly metrics: ConsumerMetrics;
}

type Commit = (offsets: OffsetsByTopicPartition) => Promise<void>;

/**
 * How far each partition is settled. Batches are read on while those before them are stored, and may be stored in
 * another order; the group's offset moves only behind what stands without a gap.
 *
 * kafkajs moves its own position when a batch is taken, and takes it back to the group's offset when a new stay
 * begins. A fetch that was under way then still brings what stands behind what is to be read again: it must not be
 * taken, or the gap would be passed over for ever.
 */
export class Offsets {
  readonly #deps: OffsetsDeps;
  #signal: AbortSignal | undefined;
  #partitions = new Map<string, PartitionProgress>();
  /** Where partitions must be read on, by what the last stay left unsettled. */
  #owed = new Map<string, bigint>();
  #isCommitting = false;
  #idle = Promise.withResolvers<void>();

  constructor(deps: OffsetsDeps) {
    this.#deps = deps;
  }

  /**
   * Takes a batch up to its last readable message, and moves kafkajs's position behind it.
   * @returns to be called when all of it stands; undefined where the batch must not be taken: what stands before it is
   * not settled, and is read first
   */
  take(payload: EachBatchPayload, last: string, signal: AbortSignal): (() => void) | undefined {
    if (signal !== this.#signal) this.#beginStay(signal);
    const { batch, resolveOffset, commitOffsetsIfNecessary } = payload;
    const place = `${batch.topic}/${batch.partition}`;
    const first = BigInt(batch.firstOffset() ?? last);
    const owed = this.#owed.get(place) ?? first;
    this.#owed.delete(place);
    if (first > owed) {
      resolveOffset(`${owed - 1n}`);
      return undefined;
    }
    resolveOffset(last);
    const progress = this.#partitions.get(place) ?? new PartitionProgress(batch, first);
    this.#partitions.set(place, progress);
    const settle = progress.take(first, BigInt(last), BigInt(batch.highWatermark));
    this.#tell(progress);
    return () => {
      settle();
      if (this.#signal === signal) void this.#commitAll(commitOffsetsIfNecessary, signal);
    };
  }

  /** When nothing is on its way any more and the group knows it, or the stay is over. */
  async settled(): Promise<void> {
    const signal = this.#signal;
    if (signal === undefined) return;
    signal.addEventListener('abort', () => this.#idle.resolve(), { once: true });
    while (!signal.aborted && this.#isBusy()) await this.#idle.promise;
  }

  #beginStay(signal: AbortSignal): void {
    this.#owed = new Map();
    for (const [place, { unsettled }] of this.#partitions) {
      if (unsettled !== undefined) this.#owed.set(place, unsettled);
    }
    this.#partitions = new Map();
    this.#signal = signal;
    this.#isCommitting = false;
  }

  /** Moves the group's offsets, tried until it is done or the stay is over: one request for what a lot has settled. */
  async #commitAll(commit: Commit, signal: AbortSignal): Promise<void> {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    // The lot's other batches are told in the same turn of the event loop.
    await sleep(0);
    for (let attempt = 0; !signal.aborted; ) {
      const moved = [...this.#partitions.values()].filter(({ isAhead }) => isAhead);
      if (moved.length === 0) break;
      if (await this.#tryCommit(moved, commit, attempt)) attempt = 0;
      else await backOff(attempt++, signal);
    }
    if (signal.aborted) return;
    this.#isCommitting = false;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }

  async #tryCommit(moved: readonly PartitionProgress[], commit: Commit, attempt: number): Promise<boolean> {
    const { log, metrics } = this.#deps;
    const offsets = moved.map((progress) => ({ progress, offset: progress.settledTo }));
    try {
      await commit({ topics: byTopic(offsets) });
    } catch (error) {
      log.warn({ err: error, attempt }, 'offsets cannot be committed yet; they are tried again');
      return false;
    }
    for (const { progress, offset } of offsets) {
      progress.committed(offset);
      this.#tell(progress);
    }
    metrics.lastCommit.setToCurrentTime();
    return true;
  }

  #tell({ topic, partition, lag }: PartitionProgress): void {
    this.#deps.metrics.lag.set({ topic, partition }, lag);
  }

  #isBusy(): boolean {
    return [...this.#partitions.values()].some(({ isBusy }) => isBusy);
  }
}

function byTopic(
  offsets: readonly { readonly progress: PartitionProgress; readonly offset: bigint }[],
): OffsetsByTopicPartition['topics'] {
  const topics = Map.groupBy(offsets, ({ progress }) => progress.topic);
  return [...topics].map(([topic, each]) => ({
    topic,
    partitions: each.map(({ progress: { partition }, offset }) => ({ partition, offset: offset.toString() })),
  }));
}
