import { setTimeout as sleep } from 'node:timers/promises';
import { Lot } from './lot.ts';
import type { Stored } from './settle.ts';

export interface Limits {
  /** A lot that has so many items, or so many bytes, is full. */
  readonly maxItems: number;
  readonly maxBytes: number;
  /** So many lots are stored at a time. */
  readonly maxStores: number;
  /** A lot of a backlog, which is filled soon, waits for that so long at the most. */
  readonly lingerMs: number;
  /** Where no more is waiting, the next batch is wanted so long after one at the earliest. */
  readonly paceMs: number;
}

/** Stores the batches of a lot. It must not throw, and says of each batch, in their order, how it ended. */
export type StoreLot<Batch> = (batches: readonly Batch[], signal: AbortSignal) => Promise<readonly Stored[]>;

/** Anything that comes as a whole, and of how many items it is. */
export interface Sized {
  readonly length: number;
}

/** What comes of a batch that was added. */
export interface Added {
  /** When more may be read. */
  readonly room: Promise<void>;
  /** When it is stored, held, or abandoned because the signal was aborted. */
  readonly ended: Promise<Stored>;
}

const NOW = Promise.resolve();

/**
 * Gathers the batches of many partitions into lots, so that few large inserts are made of them, and lets reading and
 * storing go on side by side.
 *
 * The first batch of a quiet stream is stored at once, and what comes while a lot is stored makes the next one. Of a
 * backlog, lots are filled. What waits in memory is bounded: the lots that are being stored, and one that is full.
 */
export class Accumulator<Batch extends Sized> {
  readonly #store: StoreLot<Batch>;
  readonly #limits: Limits;
  readonly #closed: Lot<Batch>[] = [];
  #open: Lot<Batch> | undefined;
  #stores = 0;

  constructor(limits: Limits, store: StoreLot<Batch>) {
    this.#limits = limits;
    this.#store = store;
  }

  /**
   * Adds a batch to the open lot. Lots of different memberships of the group (signals) are kept apart, so that
   * one that has ended can be dropped whole.
   * @param hasMore whether more is waiting behind it
   */
  add(batch: Batch, bytes: number, hasMore: boolean, signal: AbortSignal): Added {
    if (signal.aborted) return { room: NOW, ended: Promise.resolve({ ending: 'abandoned' }) };
    if (this.#open?.signal !== signal) this.flush();
    const lot = this.#open ?? this.#begin(signal);
    const ended = lot.add(batch, bytes, hasMore);
    if (lot.items >= this.#limits.maxItems || lot.bytes >= this.#limits.maxBytes) this.flush();
    return { room: lot.hasMore && lot === this.#open ? NOW : this.#roomBehind(lot), ended };
  }

  /** Closes the open lot at once. */
  flush(): void {
    this.#close();
    this.#storeNext();
  }

  #close(): void {
    if (this.#open !== undefined) this.#closed.push(this.#open);
    this.#open = undefined;
  }

  #begin(signal: AbortSignal): Lot<Batch> {
    const lot = new Lot<Batch>(signal);
    this.#open = lot;
    void this.#linger(lot);
    return lot;
  }

  /** Other partitions' batches of the same answer come within the same turn of the event loop. */
  async #linger(lot: Lot<Batch>): Promise<void> {
    await sleep(0);
    if (lot.hasMore) await sleep(this.#limits.lingerMs);
    lot.isDue = true;
    this.#storeNext();
  }

  async #roomBehind(lot: Lot<Batch>): Promise<void> {
    await sleep(0);
    if (lot !== this.#open) await lot.begun;
    else if (!lot.hasMore) await sleep(this.#limits.paceMs);
  }

  #storeNext(): void {
    // One that is not full is stored when there is nothing else to do.
    if (this.#open?.isDue && this.#stores + this.#closed.length === 0) this.#close();
    const next = this.#stores < this.#limits.maxStores ? this.#closed.shift() : undefined;
    if (next === undefined) return;
    this.#stores++;
    void next.storeBy(this.#store).finally(() => {
      this.#stores--;
      this.#storeNext();
    });
  }
}
