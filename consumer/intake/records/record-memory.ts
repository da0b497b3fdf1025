import { type Lease, SLABS } from '../../persist/slabs.ts';

/**
 * Where the records of one partition in an answer stand: copied out of the answer, which is nobody's then. Kept for as
 * long as a record waits, answers would be collected late, and take more room than all that waits.
 */
export class RecordMemory {
  readonly #lease: Lease;
  #slab: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param bytes about what the records come to */
  constructor(bytes: number) {
    this.#lease = SLABS.lease(bytes);
  }

  /** @returns the same bytes, in this memory */
  copy(record: Buffer): Buffer {
    if (record.length > this.#slab.length - this.#at) {
      this.#slab = this.#lease.take(record.length);
      this.#at = 0;
    }
    const from = this.#at;
    this.#slab.set(record, from);
    this.#at += record.length;
    return this.#slab.subarray(from, this.#at);
  }

  /** Gives it to others: whoever still reads a record of it reads theirs. */
  release(): void {
    this.#lease.end();
  }
}
