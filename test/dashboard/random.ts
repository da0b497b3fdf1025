import { mulberry32 } from '../support/mulberry32.ts';

/** Random numbers that are the same for the same seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** True with this probability. */
  below(probability: number): boolean;
  /** Normally distributed, mean 0 and deviation 1. */
  normal(): number;
  /** One of the items, by weight; all alike without weights. */
  pick<T>(items: readonly T[], weight?: (item: T, index: number) => number): T;
}

/** Random numbers of a seed. */
export function randomFrom(seed: number): Random {
  const next = mulberry32(seed);
  const pick = <T>(items: readonly T[], weight: (item: T, index: number) => number = () => 1): T => {
    let left = next() * items.reduce((sum, item, i) => sum + weight(item, i), 0);
    const found = items.find((item, i) => {
      left -= weight(item, i);
      return left < 0;
    });
    return found ?? (items.at(-1) as T);
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, below: (probability) => next() < probability, normal, pick };
}
