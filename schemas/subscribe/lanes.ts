/** Tasks one after the other within a lane, and lanes beside each other. */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs a task when those before it in its lane have ended, however they did. */
  run<Result>(lane: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(lane) ?? Promise.resolve();
    const done = before.then(task);
    const tail = done.catch(() => undefined);
    this.#tails.set(lane, tail);
    void tail.then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    });
    return done;
  }
}
