import type { Counters } from './counters.ts';
import type { Sql } from './storage.ts';

/** What an event weighs beside its payload where it waits, and its id where it is remembered. */
const PENDING_BYTES = 250;
const ID_BYTES = 32;
/** SQLite fills its pages by half at the least; two rows of a little over half a page take a page each. */
const WORST_CASE = 2;
/** Ids may take this share of the room, reckoned at their worst: the rest is for events, and for ids until a purge. */
const MOST_FOR_IDS = 0.75;
/** A transaction can split a page of each of the tables and indexes. */
const SPLIT_BYTES = 4 * 4_096;

/**
 * The room for the events of one transaction. Told before SQLite would fail, so that the sender hears of it while
 * everything that was acknowledged still works.
 */
export class Room {
  readonly #freeBytes: number;
  #takenBytes = 0;

  constructor(sql: Sql, counters: Counters, maxBytes: number) {
    // A database never shrinks: it has been that large before, and may be empty now. Then what it holds decides.
    const heldBytes = Math.min(sql.databaseSize, WORST_CASE * bytesHeld(counters));
    this.#freeBytes = maxBytes - heldBytes - SPLIT_BYTES;
  }

  /** Whether there is room for one more event, reckoned at its worst; takes it where there is. */
  take(payloadBytes: number): boolean {
    const bytes = WORST_CASE * (payloadBytes + PENDING_BYTES + ID_BYTES);
    if (this.#takenBytes + bytes > this.#freeBytes) return false;
    this.#takenBytes += bytes;
    return true;
  }
}

/** How many ids there is room for: without an end to them, there would be none for events. */
export function mostIds(maxBytes: number): number {
  return (maxBytes * MOST_FOR_IDS) / (WORST_CASE * ID_BYTES);
}

function bytesHeld(counters: Counters): number {
  const pending = counters.number('pending_bytes') + counters.number('pending') * PENDING_BYTES;
  const ids = (counters.number('last_sequence') - counters.number('forgotten')) * ID_BYTES;
  return pending + ids;
}
