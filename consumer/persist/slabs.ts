const SLAB_BYTES = 64 * 1024;

/** Gives memory of at least so many bytes. */
export type Allocate = (bytes: number) => Buffer;

/** Memory that is one user's, for as long as nobody ends it. */
export interface Lease {
  readonly take: Allocate;
  /** Gives the memory to others: whoever still reads it reads theirs. */
  readonly end: () => void;
}

/**
 * Memory for what waits to be stored, in slabs that are used again. Left to the garbage collector, it would take room
 * long after it was stored: what has waited is collected late.
 */
export class Slabs {
  readonly #slabBytes: number;
  readonly #leastBytes: number;
  readonly #free: Buffer[] = [];

  /**
   * @param slabBytes what is larger has memory of its own
   * @param leastBytes a lease of fewer bytes is given no slab
   */
  constructor(slabBytes = SLAB_BYTES, leastBytes = slabBytes / 2) {
    this.#slabBytes = slabBytes;
    this.#leastBytes = leastBytes;
  }

  /** @param bytes about so many will be taken */
  lease(bytes: number): Lease {
    if (bytes < this.#leastBytes) return { take: Buffer.allocUnsafeSlow, end: () => {} };
    const taken: Buffer[] = [];
    const take = (wanted: number) => {
      if (wanted > this.#slabBytes) return Buffer.allocUnsafeSlow(wanted);
      const slab = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#slabBytes);
      taken.push(slab);
      return slab;
    };
    return { take, end: () => void this.#free.push(...taken.splice(0)) };
  }
}

/** The process's: what one waiter gives back, the next one takes. */
export const SLABS = new Slabs();
