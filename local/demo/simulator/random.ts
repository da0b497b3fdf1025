/**
 * A repeatable source of chance: the same seed gives the same numbers on every machine. sfc32, seeded by hashing text,
 * so that each part of the simulated world (`1/demo/20781/17`) has numbers of its own, whatever else was drawn before.
 */
export class Random {
  readonly #seed: string;
  #state: [number, number, number, number];

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = hash(seed);
    // The first numbers of similar seeds are similar.
    for (let draw = 0; draw < 12; draw++) this.next();
  }

  /** Another source, whose numbers do not depend on what was drawn from this one. */
  fork(label: string | number): Random {
    return new Random(`${this.#seed}/${label}`);
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    const [a, b, c, counter] = this.#state;
    const sum = (a + b + counter) | 0;
    this.#state = [
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      (((c << 21) | (c >>> 11)) + sum) | 0,
      (counter + 1) | 0,
    ];
    return (sum >>> 0) / 2 ** 32;
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of a list that is not empty, each as likely, or as likely as its weight. */
  pick<T>(list: readonly T[], weight: (item: T) => number = () => 1): T {
    let left = this.next() * list.reduce((sum, item) => sum + weight(item), 0);
    const found = list.find((item) => {
      left -= weight(item);
      return left < 0;
    });
    const picked = found ?? list.at(-1);
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** A time until something that happens by itself, of this mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** A duration as people take them: half are below the median, some are far above. */
  logNormal(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return median * Math.exp(spread * normal);
  }
}

/** Four 32-bit words of a text (FNV-1a from four offsets, mixed). */
function hash(text: string): [number, number, number, number] {
  const word = (offset: number) => {
    let h = offset;
    for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 16777619);
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    return h ^ (h >>> 13);
  };
  return [word(2166136261), word(1540483477), word(374761393), word(668265263)];
}
