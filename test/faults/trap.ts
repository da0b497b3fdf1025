/**
 * Waits for something to pass, and can hold it there: how a test learns that a moment has come, and makes it last
 * until it has done something at it.
 */
export class Trap<T> {
  readonly #matches: (passing: T) => boolean;
  readonly #holds: boolean;
  readonly #caught = Promise.withResolvers<T>();
  readonly #dropped = Promise.withResolvers<void>();
  #isOver = false;

  /** @param holds whether what matches is held until the trap is dropped, and lost then, or passes at once */
  constructor(matches: (passing: T) => boolean, holds: boolean) {
    this.#matches = matches;
    this.#holds = holds;
  }

  /** The first that matched. */
  get caught(): Promise<T> {
    return this.#caught.promise;
  }

  /** Loses what is held, and catches no more. */
  drop(): void {
    this.#isOver = true;
    this.#dropped.resolve();
  }

  /** To be awaited by whatever passes. @returns whether it is to go on */
  async pass(passing: T): Promise<boolean> {
    if (this.#isOver || !this.#matches(passing)) return true;
    this.#caught.resolve(passing);
    if (!this.#holds) return true;
    await this.#dropped.promise;
    return false;
  }
}

/** Has something pass one trap after the other. @returns whether it is to go on */
export async function passAll<T>(traps: Iterable<Trap<T>>, passing: T): Promise<boolean> {
  for (const trap of traps) if (!(await trap.pass(passing))) return false;
  return true;
}
