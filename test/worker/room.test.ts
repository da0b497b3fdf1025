import { afterEach, expect, test } from 'vitest';
import { isFull } from '../../worker/outbox/room.ts';
import { Store } from '../../worker/outbox/store.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const storage = sqliteStorage();
afterEach(() => storage.close());

const PAYLOAD_BYTES = 1_000;
/** What one more event can take: twice its payload and its rows' 360 bytes, and a page of each of four trees. */
const NEEDED_BYTES = 2 * (PAYLOAD_BYTES + 360) + 16_384;
/** Two pending events of 100 bytes in all with their rows, and three that are remembered: twice that. */
const HELD = { pending: 2, pending_bytes: 100, last_sequence: 8, forgotten: 5 };
const HELD_BYTES = 2 * (100 + 2 * 250 + 3 * 110);

test('an outbox is full when neither its file nor, at its worst, what it holds leaves room for one more event', () => {
  const { counters } = new Store(storage, { maxBytes: 1, dedupMs: 1 });
  const isFullAt = (databaseSize: number, maxBytes: number) =>
    isFull(PAYLOAD_BYTES, { ...storage.sql, databaseSize }, counters, maxBytes);
  for (const [name, value] of Object.entries(HELD)) counters.set(name, value);

  // A file that has room, whatever it holds.
  expect(isFullAt(0, NEEDED_BYTES)).toBe(false);
  expect(isFullAt(0, NEEDED_BYTES - 1)).toBe(true);
  expect(isFullAt(900, NEEDED_BYTES + 900)).toBe(false);
  expect(isFullAt(901, NEEDED_BYTES + 900)).toBe(true);
  // A file that was as large before.
  expect(isFullAt(1_000_000, HELD_BYTES + NEEDED_BYTES)).toBe(false);
  expect(isFullAt(1_000_000, HELD_BYTES + NEEDED_BYTES - 1)).toBe(true);
});
