import { afterEach, beforeEach, expect, test } from 'vitest';
import { statusOf } from '../../worker/outbox/status.ts';
import { Store } from '../../worker/outbox/store.ts';
import { event, idOf, next, refuse, settle } from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const NOW_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;
beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, { maxBytes: 5_000_000, dedupMs: 1_000 });
});
afterEach(() => storage.close());

/** Has an event stored at a time. */
function keep(name: string, storedMs: number, kind: 'session' | 'message' = 'session'): void {
  store.append([event(name, { kind, payload: '{"a":1}' })], storedMs);
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
    chain: null,
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
  settle(store, next(store, [], { events: 1, bytes: 1_000 }));
  refuse(store, 'b', 'MESSAGE_TOO_LARGE', NOW_MS - 2_000);
  store.fault('NOT_ENOUGH_REPLICAS', NOW_MS - 1_000);
  expect(statusOf(store, 'demo/0', NOW_MS)).toEqual({
    outbox: 'demo/0',
    pending: 2,
    pending_bytes: 14,
    oldest_age_ms: 5_000,
    database_bytes: storage.sql.databaseSize,
    max_database_bytes: 5_000_000,
    last_sequence: 3,
    chain: store.counters.text('chain'),
    published_sequence: 2,
    accepted: { session: 2, message: 1 },
    published: 1,
    duplicates: 1,
    remembers_since: null,
    set_aside_total: 1,
    set_aside: [
      {
        sequence: 2,
        id: idOf('b'),
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
  const batch = next(store, [], { events: 1_000, bytes: 1_000_000 });
  const refused = (batch?.events ?? []).map((each) => ({ event: each, reason: 'INVALID_RECORD' }));
  settle(store, batch, { acknowledged: [], refused }, NOW_MS);
  const { set_aside, set_aside_total } = statusOf(store, 'demo/0', NOW_MS);
  expect(set_aside.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(set_aside_total).toBe(103);
});
