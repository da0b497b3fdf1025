/**
 * Waits for something to pass, and can hold it there: how a test learns that a moment has come, and makes it last
 * until it has done something at it.
 */
export class Trap<T> {
  readonly #matches: (passing: T) => boolean;
  readonly #holds: boolean;
  readonly #caught = Promise.withResolvers<T>();
  readonly #released = Promise.withResolvers<void>();
  #isOpen = false;

  /** @param holds whether what matches waits until the trap is released, or passes at once */
  constructor(matches: (passing: T) => boolean, holds: boolean) {
    this.#matches = matches;
    this.#holds = holds;
  }

  /** The first that matched. */
  get caught(): Promise<T> {
    return this.#caught.promise;
  }

  /** Lets go what is held, and catches no more. */
  release(): void {
    this.#isOpen = true;
    this.#released.resolve();
  }

  /** To be awaited by whatever passes. */
  async pass(passing: T): Promise<void> {
    if (this.#isOpen || !this.#matches(passing)) return;
    this.#caught.resolve(passing);
    if (this.#holds) await this.#released.promise;
  }
}
