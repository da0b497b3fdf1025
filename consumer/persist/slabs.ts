const SLAB_BYTES = 64 * 1024;
/** For what comes behind that for which memory is asked. */
const ROOM_BYTES = 16 * 1024;
const SMALL_ROOM_BYTES = 512;

/** Gives memory of at least so many bytes, and room for more behind them. */
export type Allocate = (bytes: number) => Buffer;

/** Where bytes stand in one. */
export interface Place {
  readonly slab: Buffer;
  readonly from: number;
}

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
   * @param slabBytes what hardly fits has memory of its own
   * @param leastBytes a lease of fewer bytes is given no slab
   */
  constructor(slabBytes = SLAB_BYTES, leastBytes = slabBytes / 2) {
    this.#slabBytes = slabBytes;
    this.#leastBytes = leastBytes;
  }

  /** @param bytes about so many will be taken */
  lease(bytes: number): Lease {
    if (bytes < this.#leastBytes) return { take: smallMemory, end: () => {} };
    const taken: Buffer[] = [];
    const take = (wanted: number) => {
      if (wanted + ROOM_BYTES > this.#slabBytes) return ownMemory(wanted);
      const slab = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#slabBytes);
      taken.push(slab);
      return slab;
    };
    return { take, end: () => void this.#free.push(...taken.splice(0)) };
  }
}

/** Memory that is nobody's afterwards. */
export function ownMemory(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes + ROOM_BYTES);
}

function smallMemory(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes * 2 + SMALL_ROOM_BYTES);
}

/** The process's: what one waiter gives back, the next one takes. */
export const SLABS = new Slabs();
