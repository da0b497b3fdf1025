/** So many wait already that one more would not be answered in any useful time. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/**
 * Lets a bounded number of tasks run at once, and a bounded number wait their turn, first come, first served. Who has
 * left takes no place: neither a turn nor one of those that wait.
 */
export class Turns {
  readonly #mostWaiting: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#free = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /**
   * @param leaves fires when nobody wants it any more; a task that runs must end by itself then
   * @throws BusyError when too many wait already; the signal's reason; what the task throws
   */
  async run<T>(task: () => Promise<T>, leaves?: AbortSignal): Promise<T> {
    leaves?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(leaves);
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  #turn(leaves: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#mostWaiting) throw new BusyError('too many queries wait already');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = () => {
      leaves?.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      this.#waiting.delete(begin);
      reject(leaves?.reason);
    };
    leaves?.addEventListener('abort', leave, { once: true });
    this.#waiting.add(begin);
    return promise;
  }

  #next(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
