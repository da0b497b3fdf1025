import type { Sized, StoreLot } from './accumulator.ts';
import type { Stored } from './settle.ts';

interface Waiting<Batch> {
  readonly batch: Batch;
  readonly ended: PromiseWithResolvers<Stored>;
}

/** Batches that are stored together, all of one stay in the group. */
export class Lot<Batch extends Sized> {
  readonly signal: AbortSignal;
  items = 0;
  bytes = 0;
  /** Whether more is waiting behind any of its batches. */
  hasMore = false;
  /** Whether it waits for no more batches. */
  isDue = false;
  readonly #waiting: Waiting<Batch>[] = [];
  readonly #begun = Promise.withResolvers<void>();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** When its storing begins. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** @returns how the batch ends */
  add(batch: Batch, bytes: number, hasMore: boolean): Promise<Stored> {
    const ended = Promise.withResolvers<Stored>();
    this.#waiting.push({ batch, ended });
    this.items += batch.length;
    this.bytes += bytes;
    this.hasMore ||= hasMore;
    return ended.promise;
  }

  /** Has it stored, and tells each batch how it ended. What was read in a stay that is over is not stored any more. */
  async storeBy(store: StoreLot<Batch>): Promise<void> {
    this.#begun.resolve();
    const batches = this.#waiting.map(({ batch }) => batch);
    const endings = this.signal.aborted ? [] : await store(batches, this.signal);
    this.#waiting.forEach(({ ended }, index) => {
      ended.resolve(endings[index] ?? { ending: 'abandoned' });
    });
  }
}
