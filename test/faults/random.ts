import { createHash } from 'node:crypto';
import { mulberry32 } from '../support/mulberry32.ts';

/** Chance that a seed repeats. */
export class Random {
  /** From 0 up to, not including, 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = mulberry32(seed);
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
