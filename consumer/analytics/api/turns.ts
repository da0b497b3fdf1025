/** So many wait already that one more would not be answered in any useful time. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Lets a bounded number of tasks run at once; the others wait their turn, first come, first served. */
export class Turns {
  #free: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#free = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws BusyError when too many wait already; what the task throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #turn(): Promise<void> | void {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) throw new BusyError('too many queries wait already');
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
