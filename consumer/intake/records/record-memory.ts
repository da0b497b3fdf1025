import { type Allocate, type Lease, type Place, SLABS } from '../../persist/slabs.ts';

const NOTHING = Buffer.alloc(0);

/** Finds room for bytes, one run behind the other and each whole in one slab. */
export class Copies {
  readonly #allocate: Allocate;
  #slab: Buffer = NOTHING;
  #at = 0;

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
  }

  /** Where so many bytes can be written. */
  reserve(bytes: number): Place {
    if (bytes > this.#slab.length - this.#at) {
      this.#slab = this.#allocate(bytes);
      this.#at = 0;
    }
    const from = this.#at;
    this.#at += bytes;
    return { slab: this.#slab, from };
  }
}

/**
 * Where the records of one partition in an answer stand until they are rows: copied out of the answer, which is nobody's
 * then. Kept until the last of its records is done with, answers would be collected late, and take more room than all
 * that waits.
 */
export class RecordMemory {
  readonly #lease: Lease;
  readonly #copies: Copies;

  /** @param bytes about what the records come to */
  constructor(bytes: number) {
    this.#lease = SLABS.lease(bytes);
    this.#copies = new Copies(this.#lease.take);
  }

  /** @returns the same bytes, in this memory */
  copy(record: Buffer): Buffer {
    const { slab, from } = this.#copies.reserve(record.length);
    slab.set(record, from);
    return slab.subarray(from, from + record.length);
  }

  /** Gives it to others: whoever still reads a record of it reads theirs. */
  release(): void {
    this.#lease.end();
  }
}
