import type { Stored } from './settle.ts';

export interface Limits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

interface Lot<T> {
  readonly items: T[];
  readonly signal: AbortSignal;
  readonly done: PromiseWithResolvers<Stored>;
  bytes: number;
  dueMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Gathers the batches of many partitions into lots that are stored together, one lot after the other. A lot closes
 * when it is full or when the first batch in it has lingered long enough.
 */
export class Accumulator<T> {
  readonly #store: (items: readonly T[], signal: AbortSignal) => Promise<Stored>;
  readonly #limits: Limits;
  #open: Lot<T> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param store must not throw: it answers `abandoned` when the signal is aborted */
  constructor(limits: Limits, store: (items: readonly T[], signal: AbortSignal) => Promise<Stored>) {
    this.#limits = limits;
    this.#store = store;
  }

  /**
   * Adds a batch to the open lot. Lots of different memberships of the group (signals) are kept apart, so that
   * one that has ended can be dropped whole.
   * @returns when the lot is stored, or abandoned because the signal was aborted
   */
  add(items: readonly T[], bytes: number, lingerMs: number, signal: AbortSignal): Promise<Stored> {
    if (signal.aborted) return Promise.resolve('abandoned');
    if (this.#open !== undefined && this.#open.signal !== signal) this.#close(this.#open);
    this.#open ??= {
      items: [],
      signal,
      done: Promise.withResolvers(),
      bytes: 0,
      dueMs: Infinity,
      timer: undefined,
    };
    const lot = this.#open;
    for (const item of items) lot.items.push(item);
    lot.bytes += bytes;
    if (lot.items.length >= this.#limits.maxItems || lot.bytes >= this.#limits.maxBytes) this.#close(lot);
    else this.#closeWithin(lot, lingerMs);
    return lot.done.promise;
  }

  /** Closes the open lot at once. */
  flush(): void {
    if (this.#open !== undefined) this.#close(this.#open);
  }

  #closeWithin(lot: Lot<T>, lingerMs: number): void {
    const dueMs = performance.now() + lingerMs;
    if (dueMs >= lot.dueMs) return;
    clearTimeout(lot.timer);
    lot.dueMs = dueMs;
    lot.timer = setTimeout(() => this.#close(lot), lingerMs);
  }

  #close(lot: Lot<T>): void {
    clearTimeout(lot.timer);
    if (this.#open === lot) this.#open = undefined;
    this.#last = this.#last
      .then(() => (lot.signal.aborted ? 'abandoned' : this.#store(lot.items, lot.signal)))
      .then(lot.done.resolve, lot.done.reject);
  }
}
