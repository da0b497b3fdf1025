/**
 * The consumer's current stay in its group, as a signal that is aborted when the next one begins, and kafkajs reads on
 * from the group's offsets. What was read before and is not settled by then is read again, by whoever has the partition
 * now: it must not be committed, and need not be stored.
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
