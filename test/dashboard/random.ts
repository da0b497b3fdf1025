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

/** A generator after mulberry32: small, and good enough for test data. */
export function randomFrom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
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
