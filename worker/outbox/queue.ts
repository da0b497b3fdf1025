import type { Accepted } from './segments.ts';

/** Payloads that wait in memory, in UTF-16 units; what is beyond is read from the disk again when its turn comes. */
const MOST = 4_000_000;

/** The next events to publish, in memory: with sequence numbers in a row, from the first that has not passed. */
export class Queue {
  #events: Accepted[] = [];
  #size = 0;

  /** The last sequence number that is here; undefined when none is. */
  get lastSequence(): number | undefined {
    return this.#events.at(-1)?.sequence;
  }

  /** Whether it holds as much as it may. */
  get isFull(): boolean {
    return this.#size >= MOST;
  }

  /** Whether a whole batch is here. */
  holds({ events, bytes }: { readonly events: number; readonly bytes: number }): boolean {
    // No text has fewer bytes than UTF-16 units.
    return this.#events.length >= events || this.#size >= bytes;
  }

  push(events: readonly Accepted[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#size += event.payload.length;
    }
  }

  /** The first events up to a sequence number: one, and more within the limits. */
  first(limits: { readonly events: number; readonly bytes: number }, upTo: number): readonly Accepted[] {
    let [count, bytes] = [0, 0];
    for (const event of this.#events) {
      bytes += event.bytes;
      if (count === limits.events || event.sequence > upTo || (count > 0 && bytes > limits.bytes)) break;
      count++;
    }
    return this.#events.slice(0, count);
  }

  /** Gives events other payloads, also those of a batch that is under way: if it fails, they are stored from there. */
  rewrite(payloads: ReadonlyMap<number, string>): void {
    for (const event of this.#events) {
      const payload = payloads.get(event.sequence);
      if (payload === undefined) continue;
      this.#size += payload.length - event.payload.length;
      Object.assign(event, { payload });
    }
  }

  /** Takes the first events out. */
  shift(count: number): void {
    for (const { payload } of this.#events.splice(0, count)) this.#size -= payload.length;
  }
}
