import { createHash } from 'node:crypto';

/** Chance that a seed repeats. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both bounds included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError when the list is empty */
  pick<T>(list: readonly T[]): T {
    const at = this.int(0, list.length - 1);
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[at] as T;
  }

  /** The same elements in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const order = list.map((element) => ({ element, rank: this.next() }));
    return order.sort((a, b) => a.rank - b.rank).map(({ element }) => element);
  }

  /** A source of its own for each use, so that how often others draw does not change what it gives. */
  static of(seed: number, use: string): Random {
    return new Random(createHash('sha256').update(`${seed} ${use}`).digest().readUInt32BE(0));
  }
}
