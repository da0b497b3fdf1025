/**
 * The consumer's current stay in its group, as a signal that is aborted when it ends. What was read under an ended
 * stay must not be committed, and need not be stored: whoever has the partition now reads it again.
 */
export class Membership {
  #stay = new AbortController();
  #ended = false;

  get signal(): AbortSignal {
    return this.#stay.signal;
  }

  /** A stay has ended and the next one begins. */
  renew(): void {
    if (this.#ended) return;
    this.#stay.abort();
    this.#stay = new AbortController();
  }

  /** The last stay has ended: the consumer stops. */
  end(): void {
    this.#ended = true;
    this.#stay.abort();
  }
}
