import { afterEach, beforeEach, expect, test } from 'vitest';
import { statusOf } from '../../worker/outbox/status.ts';
import { Store } from '../../worker/outbox/store.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const NOW_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
const PLACE = { outbox: 'demo/0', generation: 1 };
const BATCH = { events: 1_000, bytes: 1_000_000 };

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;
beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, { maxBytes: 5_000_000, dedupMs: 1_000 });
});
afterEach(() => storage.close());

/** Has an event stored at a time. */
function keep(id: string, storedMs: number, kind: 'session' | 'message' = 'session'): void {
  const times = { occurredMs: 1, receivedMs: 2 };
  const event = { id, retryOf: undefined, app: 'demo', kind, subject: '1', ...times, payload: '{"a":1}' };
  store.append([{ event: { ...event, traceparent: undefined }, place: PLACE }], storedMs);
}

test('an outbox that nothing came to yet has no age, and nothing went wrong', () => {
  expect(statusOf(store, 'demo/0', NOW_MS)).toEqual({
    outbox: 'demo/0',
    pending: 0,
    pending_bytes: 0,
    oldest_age_ms: 0,
    database_bytes: storage.sql.databaseSize,
    max_database_bytes: 5_000_000,
    last_sequence: 0,
    published_sequence: 0,
    accepted: {},
    published: 0,
    duplicates: 0,
    remembers_since: null,
    set_aside_total: 0,
    set_aside: [],
    last_fault: null,
  });
});

test('an outbox tells what it took, what is through, what is set aside, and why it waits', () => {
  keep('a', NOW_MS - 9_000);
  keep('b', NOW_MS - 5_000, 'message');
  keep('c', NOW_MS - 4_000);
  keep('c', NOW_MS - 3_000);
  const [first, second] = store.batch(BATCH, []);
  if (first !== undefined) store.published([first]);
  if (second !== undefined) store.setAside(second, 'MESSAGE_TOO_LARGE', NOW_MS - 2_000);
  store.fault('NOT_ENOUGH_REPLICAS', NOW_MS - 1_000);
  expect(statusOf(store, 'demo/0', NOW_MS)).toEqual({
    outbox: 'demo/0',
    pending: 2,
    pending_bytes: 14,
    oldest_age_ms: 5_000,
    database_bytes: storage.sql.databaseSize,
    max_database_bytes: 5_000_000,
    last_sequence: 3,
    published_sequence: 2,
    accepted: { session: 2, message: 1 },
    published: 1,
    duplicates: 1,
    remembers_since: null,
    set_aside_total: 1,
    set_aside: [
      {
        sequence: 2,
        id: 'b',
        kind: 'message',
        bytes: 7,
        reason: 'MESSAGE_TOO_LARGE',
        since_ms: NOW_MS - 2_000,
      },
    ],
    last_fault: { what: 'NOT_ENOUGH_REPLICAS', at: '2026-03-04T05:06:06.890Z' },
  });
});

test('a clock that went back since makes no negative age', () => {
  keep('a', NOW_MS + 1);
  expect(statusOf(store, 'demo/0', NOW_MS).oldest_age_ms).toBe(0);
});

test('of many events that are set aside, the oldest hundred are shown, and all are counted', () => {
  for (let at = 0; at < 103; at++) keep(`e${at}`, NOW_MS);
  for (const event of store.batch(BATCH, [])) store.setAside(event, 'INVALID_RECORD', NOW_MS);
  const { set_aside, set_aside_total } = statusOf(store, 'demo/0', NOW_MS);
  expect(set_aside.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(set_aside_total).toBe(103);
});
