import type { Stored } from './settle.ts';

export interface Limits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Stores the batches of a lot. It must not throw, and says of each batch, in their order, how it ended. */
export type StoreLot<T> = (
  batches: readonly (readonly T[])[],
  signal: AbortSignal,
) => Promise<readonly Stored[]>;

interface Batch<T> {
  readonly items: readonly T[];
  readonly ended: PromiseWithResolvers<Stored>;
}

interface Lot<T> {
  readonly batches: Batch<T>[];
  readonly signal: AbortSignal;
  items: number;
  bytes: number;
  dueMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Gathers the batches of many partitions into lots that are stored together, one lot after the other. A lot closes
 * when it is full or when the first batch in it has lingered long enough.
 */
export class Accumulator<T> {
  readonly #store: StoreLot<T>;
  readonly #limits: Limits;
  #open: Lot<T> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: Limits, store: StoreLot<T>) {
    this.#limits = limits;
    this.#store = store;
  }

  /**
   * Adds a batch to the open lot. Lots of different memberships of the group (signals) are kept apart, so that
   * one that has ended can be dropped whole.
   * @returns when the batch is stored, held, or abandoned because the signal was aborted
   */
  add(items: readonly T[], bytes: number, lingerMs: number, signal: AbortSignal): Promise<Stored> {
    if (signal.aborted) return Promise.resolve({ ending: 'abandoned' });
    if (this.#open?.signal !== signal) this.flush();
    this.#open ??= { batches: [], signal, items: 0, bytes: 0, dueMs: Infinity, timer: undefined };
    const lot = this.#open;
    const batch = { items, ended: Promise.withResolvers<Stored>() };
    lot.batches.push(batch);
    lot.items += items.length;
    lot.bytes += bytes;
    if (lot.items >= this.#limits.maxItems || lot.bytes >= this.#limits.maxBytes) this.flush();
    else this.#closeWithin(lot, lingerMs);
    return batch.ended.promise;
  }

  /** Closes the open lot at once. */
  flush(): void {
    const lot = this.#open;
    if (lot === undefined) return;
    this.#open = undefined;
    // Left running, it would close the next lot before its time.
    clearTimeout(lot.timer);
    this.#last = this.#last.then(() => this.#storeNow(lot));
  }

  #closeWithin(lot: Lot<T>, lingerMs: number): void {
    const dueMs = performance.now() + lingerMs;
    if (dueMs >= lot.dueMs) return;
    clearTimeout(lot.timer);
    lot.dueMs = dueMs;
    lot.timer = setTimeout(() => this.flush(), lingerMs);
  }

  async #storeNow({ batches, signal }: Lot<T>): Promise<void> {
    const items = batches.map((batch) => batch.items);
    const endings = signal.aborted ? [] : await this.#store(items, signal);
    batches.forEach(({ ended }, index) => {
      ended.resolve(endings[index] ?? { ending: 'abandoned' });
    });
  }
}
