import { Slots } from '../../../schemas/group/slots.ts';

/** So many wait already that one more would not be answered in any useful time. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** Lets a bounded number of tasks run at once, and a bounded number wait their turn, first come, first served. */
export class Turns {
  readonly #slots: Slots;
  readonly #mostWaiting: number;

  constructor({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }) {
    this.#slots = new Slots(atOnce);
    this.#mostWaiting = mostWaiting;
  }

  /** @throws BusyError when too many wait already; what the task throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#slots.isFull && this.#slots.waiting >= this.#mostWaiting) {
      throw new BusyError('too many queries wait already');
    }
    return this.#slots.run(task);
  }
}
