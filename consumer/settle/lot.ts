import type { StoreLot } from './accumulator.ts';
import type { Stored } from './settle.ts';

interface Batch<T> {
  readonly items: readonly T[];
  readonly ended: PromiseWithResolvers<Stored>;
}

/** Batches that are stored together, all of one stay in the group. */
export class Lot<T> {
  readonly signal: AbortSignal;
  items = 0;
  bytes = 0;
  /** Whether more is waiting behind any of its batches. */
  hasMore = false;
  /** Whether it waits for no more batches. */
  isDue = false;
  readonly #batches: Batch<T>[] = [];
  readonly #begun = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** When its storing begins. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** @returns how the batch ends */
  add(items: readonly T[], bytes: number, hasMore: boolean): Promise<Stored> {
    const batch = { items, ended: Promise.withResolvers<Stored>() };
    this.#batches.push(batch);
    this.items += items.length;
    this.bytes += bytes;
    this.hasMore ||= hasMore;
    return batch.ended.promise;
  }

  /** Has it stored, and tells each batch how it ended. What was read in a stay that is over is not stored any more. */
  async storeBy(store: StoreLot<T>): Promise<void> {
    this.#begun.resolve();
    const items = this.#batches.map((batch) => batch.items);
    const endings = this.signal.aborted ? [] : await store(items, this.signal);
    this.#batches.forEach(({ ended }, index) => {
      ended.resolve(endings[index] ?? { ending: 'abandoned' });
    });
  }
}
