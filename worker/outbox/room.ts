import type { Counters } from './counters.ts';
import type { Sql } from './storage.ts';

/** What a row weighs beside its payload, in `pending` and in `seen` with its index. */
const PENDING_ROW_BYTES = 250;
const SEEN_ROW_BYTES = 110;
/** SQLite fills its pages by half at the least; two rows of a little over half a page take a page each. */
const WORST_CASE = 2;
/** Ids may take this share of the room, reckoned at their worst: the rest is for events, and for ids until a purge. */
const MOST_FOR_IDS = 0.75;
/** A row more can split a page of each of the tables and indexes. */
const SPLIT_BYTES = 4 * 4_096;

/**
 * Whether one more event could make the database outgrow its limit. Told before SQLite would fail, so that the sender
 * hears of it while everything that was acknowledged still works.
 * @param payloadBytes of that event
 */
export function isFull(payloadBytes: number, sql: Sql, counters: Counters, maxBytes: number): boolean {
  const needed = WORST_CASE * (payloadBytes + PENDING_ROW_BYTES + SEEN_ROW_BYTES) + SPLIT_BYTES;
  if (sql.databaseSize + needed <= maxBytes) return false;
  // It has been that large before, and may be empty now: what it holds decides, reckoned at its worst.
  return WORST_CASE * bytesHeld(counters) + needed > maxBytes;
}

/** Whether ids take more of the room than is theirs: without an end to it, there would be none for events. */
export function isFullOfIds(counters: Counters, maxBytes: number): boolean {
  return WORST_CASE * rememberedBytes(counters) > maxBytes * MOST_FOR_IDS;
}

function rememberedBytes(counters: Counters): number {
  return (counters.number('last_sequence') - counters.number('forgotten')) * SEEN_ROW_BYTES;
}

function bytesHeld(counters: Counters): number {
  const pending = counters.number('pending_bytes') + counters.number('pending') * PENDING_ROW_BYTES;
  return pending + rememberedBytes(counters);
}
