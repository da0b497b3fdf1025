import { afterEach, expect, test } from 'vitest';
import { Room } from '../../worker/outbox/room.ts';
import { Store } from '../../worker/outbox/store.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const storage = sqliteStorage();
afterEach(() => storage.close());

const PAYLOAD_BYTES = 1_000;
/** What an event can take: twice its payload and the 282 bytes beside it. */
const EVENT_BYTES = 2 * (PAYLOAD_BYTES + 282);
/** What a transaction can take beside its events: a page of each of four trees. */
const SPLIT_BYTES = 16_384;
/** Two pending events of 100 bytes in all, and three that are remembered: twice that. */
const HELD = { pending: 2, pending_bytes: 100, last_sequence: 8, forgotten: 5 };
const HELD_BYTES = 2 * (100 + 2 * 250 + 3 * 32);

test('there is room while either the file or, at its worst, what it holds leaves it; what was taken counts', () => {
  const { counters } = new Store(storage, { maxBytes: 1, dedupMs: 1 });
  for (const [name, value] of Object.entries(HELD)) counters.set(name, value);
  const takenOf = (databaseSize: number, maxBytes: number) => {
    const room = new Room({ ...storage.sql, databaseSize }, counters, maxBytes);
    return [room.take(PAYLOAD_BYTES), room.take(PAYLOAD_BYTES)];
  };

  // A file that has room, whatever it holds.
  expect(takenOf(900, 900 + SPLIT_BYTES + 2 * EVENT_BYTES)).toEqual([true, true]);
  expect(takenOf(901, 900 + SPLIT_BYTES + 2 * EVENT_BYTES)).toEqual([true, false]);
  expect(takenOf(900, 900 + SPLIT_BYTES + EVENT_BYTES)).toEqual([true, false]);
  expect(takenOf(901, 900 + SPLIT_BYTES + EVENT_BYTES)).toEqual([false, false]);
  // A file that was as large before.
  expect(takenOf(1_000_000, HELD_BYTES + SPLIT_BYTES + EVENT_BYTES)).toEqual([true, false]);
  expect(takenOf(1_000_000, HELD_BYTES + SPLIT_BYTES + EVENT_BYTES - 1)).toEqual([false, false]);
});
