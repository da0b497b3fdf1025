/** Everyone who wanted it has left. */
class LeftError extends Error {
  override readonly name = 'LeftError';
}

/** So long it goes on without anyone: a page that asks again gives up what it had asked, and wants the same. */
const GRACE_MS = 1_000;

/** Something that is done once for all who want it meanwhile, and ends soon after the last of them has left. */
export class Flight<Result> {
  readonly #result: Promise<Result>;
  readonly #abort = new AbortController();
  #waiting = 0;
  #isDone = false;
  #ending: NodeJS.Timeout | undefined;

  constructor(run: (left: AbortSignal) => Promise<Result>) {
    this.#result = run(this.#abort.signal).finally(() => {
      this.#isDone = true;
      clearTimeout(this.#ending);
    });
    // Who waits is told; with nobody left, nobody is.
    this.#result.catch(() => {});
  }

  /** Whether it ends without a result, as nobody wanted it any more: who comes now needs another. */
  get isAbandoned(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * The result, for one more.
   * @param leaves fires when that one wants it no more
   * @throws the signal's reason, at once; what doing it throws
   */
  async wait(leaves?: AbortSignal): Promise<Result> {
    this.#waiting++;
    clearTimeout(this.#ending);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(leaves?.reason);
    leaves?.addEventListener('abort', leave, { once: true });
    if (leaves?.aborted) leave();
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      leaves?.removeEventListener('abort', leave);
      this.#waiting--;
      if (this.#waiting === 0 && !this.#isDone) this.#endSoon();
    }
  }

  #endSoon(): void {
    const left = new LeftError('nobody waits for the answer any more');
    this.#ending = setTimeout(() => this.#abort.abort(left), GRACE_MS);
  }
}
