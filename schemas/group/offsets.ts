import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';
import { backOff } from './backoff.ts';
import { PartitionProgress } from './partition-progress.ts';

/** Told how offsets move. */
export interface OffsetsWatch {
  /** A partition has more on its way, or its offset has moved. */
  readonly moved: (progress: PartitionProgress) => void;
  /** The group has taken offsets. */
  readonly committed: () => void;
  /** The group did not take offsets; it is tried again. */
  readonly refused: (error: unknown, attempt: number) => void;
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
  readonly #watch: OffsetsWatch;
  #signal: AbortSignal | undefined;
  #partitions = new Map<string, PartitionProgress>();
  /** Where partitions must be read on, by what the last stay left unsettled. */
  #owed = new Map<string, bigint>();
  #isCommitting = false;
  #idle = Promise.withResolvers<void>();

  constructor(watch: OffsetsWatch) {
    this.#watch = watch;
  }

  /**
   * Takes a batch up to its last readable message, and moves kafkajs's position behind it.
   * @returns to be called when all of it stands; undefined where the batch must not be taken: what stands before it is
   * not settled, and is read first
   */
  take(payload: EachBatchPayload, last: string, signal: AbortSignal): (() => void) | undefined {
    const first = payload.batch.firstOffset() ?? last;
    return this.takeParts(payload, { first, lasts: [last] }, signal)?.[0];
  }

  /**
   * As `take`, in parts that are settled one by one.
   * @param parts where the first of them begins, and the last message of each
   * @returns for each part, what is to be called when it stands
   */
  takeParts(
    payload: EachBatchPayload,
    parts: { readonly first: string; readonly lasts: readonly string[] },
    signal: AbortSignal,
  ): readonly (() => void)[] | undefined {
    if (signal !== this.#signal) this.#beginStay(signal);
    const { batch, resolveOffset, commitOffsetsIfNecessary } = payload;
    const place = `${batch.topic}/${batch.partition}`;
    const first = BigInt(parts.first);
    const last = parts.lasts.at(-1) ?? parts.first;
    const owed = this.#owed.get(place) ?? first;
    this.#owed.delete(place);
    if (first > owed) {
      resolveOffset(`${owed - 1n}`);
      return undefined;
    }
    resolveOffset(last);
    const progress = this.#partitions.get(place) ?? new PartitionProgress(batch, first);
    this.#partitions.set(place, progress);
    const settles: (() => void)[] = [];
    let from = first;
    for (const each of parts.lasts) {
      const settle = progress.take(from, BigInt(each), BigInt(batch.highWatermark));
      from = BigInt(each) + 1n;
      settles.push(() => {
        settle();
        if (this.#signal === signal) void this.#commitAll(commitOffsetsIfNecessary, signal);
      });
    }
    this.#watch.moved(progress);
    return settles;
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
    const offsets = moved.map((progress) => ({ progress, offset: progress.settledTo }));
    try {
      await commit({ topics: byTopic(offsets) });
    } catch (error) {
      this.#watch.refused(error, attempt);
      return false;
    }
    for (const { progress, offset } of offsets) {
      progress.committed(offset);
      this.#watch.moved(progress);
    }
    this.#watch.committed();
    return true;
  }

  /** Whether something is settled that the group does not know yet. */
  get isAhead(): boolean {
    return [...this.#partitions.values()].some(({ isAhead }) => isAhead);
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
