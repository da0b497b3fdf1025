import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RETRY_WINDOW_MS } from '../../schemas/identify.ts';
import type { NewEvent } from '../../worker/outbox/new-event.ts';
import { type Arrival, type Limits, Store } from '../../worker/outbox/store.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const LIMITS: Limits = { maxBytes: 1_000_000, dedupMs: 1_000 };
const BATCH = { events: 100, bytes: 1_000_000 };

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;
beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, LIMITS);
});
afterEach(() => storage.close());

const event = (id: string, more: Partial<NewEvent> = {}, generation = 1): Arrival => ({
  event: {
    id,
    retryOf: undefined,
    app: 'demo',
    kind: 'session',
    subject: '1',
    occurredMs: 5,
    receivedMs: 20_000,
    payload: '{}',
    traceparent: undefined,
    ...more,
  },
  place: { outbox: 'demo/0', generation },
});

/** An event without natural identity that would have other ids a little earlier or later. */
const retried = (id: string, otherId: string, receivedMs: number): Arrival =>
  event(id, {
    receivedMs,
    retryOf: {
      ids: [otherId],
      receivedAfterMs: receivedMs - RETRY_WINDOW_MS,
      receivedBeforeMs: receivedMs + RETRY_WINDOW_MS,
    },
  });

describe('sequence numbers', () => {
  test('count every new event, and no duplicate, without gaps', () => {
    store.append([event('a'), event('b'), event('a')], 1);
    store.append([event('b'), event('c')], 2);
    expect(store.batch(BATCH, []).map(({ id, sequence }) => [id, sequence])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(store.counters.number('duplicates')).toBe(2);
  });

  test('go on where they were, after a restart and after all was published and forgotten', () => {
    store.append([event('a'), event('b')], 1);
    store.published(store.batch(BATCH, []));
    store.purge(10_000);
    const again = new Store(storage, LIMITS);
    again.append([event('c')], 10_001);
    expect(again.batch(BATCH, []).map(({ sequence }) => sequence)).toEqual([3]);
  });

  test('are not lost to a transaction that failed', () => {
    const broken = event('b', { payload: Symbol('not storable') as unknown as string });
    expect(() => store.append([event('a'), broken], 1)).toThrow();
    expect(store.append([event('c')], 2)).toEqual([{ outcome: 'kept', id: 'c', duplicate: false }]);
    expect(store.batch(BATCH, []).map(({ id, sequence }) => [id, sequence])).toEqual([['c', 1]]);
  });
});

describe('a redelivery', () => {
  test('is known as long as its id is remembered, published or not', () => {
    store.append([event('a')], 1_000);
    store.published(store.batch(BATCH, []));
    store.purge(2_000);
    expect(store.append([event('a')], 2_000)).toEqual([{ outcome: 'kept', id: 'a', duplicate: true }]);
    expect(store.counters.number('forgotten')).toBe(0);
    store.purge(2_001);
    expect(store.counters.number('forgotten')).toBe(1);
    expect(store.append([event('a')], 2_002)).toEqual([{ outcome: 'kept', id: 'a', duplicate: false }]);
  });

  test('without a natural identity collapses within ten seconds, also across two windows, and counts after', () => {
    store.append([event('w1', { receivedMs: 19_000 })], 1);
    const soon = retried('w2', 'w1', 21_000);
    expect(store.append([soon], 2)).toEqual([{ outcome: 'kept', id: 'w1', duplicate: true }]);
    const later = retried('w2', 'w1', 29_500);
    expect(store.append([later], 3)).toEqual([{ outcome: 'kept', id: 'w2', duplicate: false }]);
  });

  test('without a natural identity collapses too when the one that was stamped first comes last', () => {
    store.append([event('w2', { receivedMs: 20_001 })], 1);
    const overtaken = retried('w1', 'w2', 19_999);
    expect(store.append([overtaken], 2)).toEqual([{ outcome: 'kept', id: 'w2', duplicate: true }]);
    const earlier = retried('w1', 'w2', 10_001);
    expect(store.append([earlier], 3)).toEqual([{ outcome: 'kept', id: 'w1', duplicate: false }]);
  });

  test('is none when it is the same arrival, asked for again because the answer was lost', () => {
    const again = (arrival: Arrival): Arrival => ({
      ...arrival,
      place: { ...arrival.place, isUnanswered: true },
    });
    store.append([event('a', { receivedMs: 7 })], 1);
    const [asked, other] = store.append(
      [again(event('a', { receivedMs: 7 })), again(event('a', { receivedMs: 8 }))],
      2,
    );
    expect(asked).toEqual({ outcome: 'kept', id: 'a', duplicate: false });
    expect(other).toEqual({ outcome: 'kept', id: 'a', duplicate: true });
    expect(store.counters.number('duplicates')).toBe(1);
    expect(store.counters.number('last_sequence')).toBe(1);
  });

  test('keeps the times of the first arrival', () => {
    store.append([event('a', { occurredMs: 1, receivedMs: 2 })], 1);
    store.append([event('a', { occurredMs: 8, receivedMs: 9 })], 2);
    expect(store.batch(BATCH, [])).toMatchObject([{ occurredMs: 1, receivedMs: 2 }]);
  });
});

describe('an outbox of an earlier layout', () => {
  test('takes nothing from who does not know the layout since, not even after a restart, and all from who does', () => {
    store.append([event('a')], 1);
    store.fence(3);
    store.fence(2);
    const again = new Store(storage, LIMITS);
    expect(again.append([event('b', {}, 2), event('a', {}, 2), event('c', {}, 3)], 2)).toEqual([
      { outcome: 'stale' },
      { outcome: 'stale' },
      { outcome: 'kept', id: 'c', duplicate: false },
    ]);
    expect(again.batch(BATCH, []).map(({ id, sequence }) => [id, sequence])).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
  });

  test('knows what it has, retries within ten seconds too, counts them, and keeps nothing', () => {
    store.append([event('a'), event('w1', { receivedMs: 19_000 })], 1);
    expect(store.recall(event('a').event)).toBe('a');
    expect(store.recall(retried('w2', 'w1', 21_000).event)).toBe('w1');
    expect(store.recall(retried('w2', 'w1', 29_500).event)).toBeUndefined();
    for (const id of ['b', 'c']) expect(store.recall(event(id).event)).toBeUndefined();
    expect(store.counters.number('duplicates')).toBe(2);
    expect(store.counters.number('last_sequence')).toBe(2);
  });
});

describe('a batch', () => {
  test('has each event as it was stored, under its app and outbox', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { retryOf, ...stored } = event('a', { app: 'demo', payload: '{"é":1}', traceparent }).event;
    store.append([event('a', stored)], 1);
    expect(store.batch(BATCH, [])).toEqual([{ ...stored, outbox: 'demo/0', sequence: 1 }]);
  });

  test('is filled up to its bytes, and with no event beyond', () => {
    store.append([event('a'), event('b'), event('c')], 1);
    expect(store.batch({ events: 9, bytes: 4 }, [])).toHaveLength(2);
    expect(store.batch({ events: 9, bytes: 3 }, [])).toHaveLength(1);
  });

  test('keeps order and bounds, and takes one larger event alone', () => {
    store.append([event('big', { payload: 'x'.repeat(500) }), event('b'), event('c')], 1);
    expect(store.batch({ events: 2, bytes: 10_000 }, []).map(({ id }) => id)).toEqual(['big', 'b']);
    expect(store.batch({ events: 9, bytes: 100 }, []).map(({ id }) => id)).toEqual(['big']);
  });

  test('leaves out held kinds and what was set aside, until it is released', () => {
    store.append([event('a'), event('b', { kind: 'message' }), event('c', { kind: 'message' })], 1);
    const [, b] = store.batch(BATCH, []);
    if (b !== undefined) store.setAside(b, 'MESSAGE_TOO_LARGE', 5);
    expect(store.batch(BATCH, ['session']).map(({ id }) => id)).toEqual(['c']);
    expect(store.setAsideEvents(10)).toMatchObject([{ id: 'b', reason: 'MESSAGE_TOO_LARGE', sequence: 2 }]);
    expect(store.counters.number('set_aside')).toBe(1);
    store.release(4);
    expect(store.counters.number('set_aside')).toBe(1);
    expect(store.batch(BATCH, []).map(({ id }) => id)).toEqual(['a', 'c']);
    store.release(5);
    expect(store.counters.number('set_aside')).toBe(0);
    expect(store.batch(BATCH, []).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
});

test('rows of a held kind are not read again and again, and none is missed once it goes on', () => {
  store.append([event('a'), event('b', { kind: 'message' })], 1);
  const [a] = store.batch(BATCH, []);
  expect(store.batch(BATCH, ['session', 'message'])).toEqual([]);
  const from: unknown[] = [];
  const { exec } = storage.sql;
  storage.sql.exec = (query, ...bindings) => {
    if (query.startsWith('SELECT * FROM pending')) from.push(bindings[0]);
    return exec(query, ...bindings);
  };
  store.append([event('c'), event('d', { kind: 'resolution' })], 2);
  expect(store.batch(BATCH, ['message', 'session']).map(({ id }) => id)).toEqual(['d']);
  expect(store.batch(BATCH, ['session', 'message']).map(({ id }) => id)).toEqual(['d']);
  expect(from).toEqual([2, 3]);

  if (a !== undefined) store.setAside(a, 'INVALID_RECORD', 5);
  expect(store.batch(BATCH, ['message']).map(({ id }) => id)).toEqual(['c', 'd']);
  store.release(5);
  expect(store.batch(BATCH, ['message']).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  expect(store.batch(BATCH, []).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

describe('near its limit', () => {
  const MAX_BYTES = 300_000;
  let taken = 0;
  beforeEach(() => {
    store = new Store(storage, { ...LIMITS, maxBytes: MAX_BYTES });
    taken = 0;
  });

  /** Appends events with payloads of so many bytes until one is refused. */
  function fill(payloadBytes: number): void {
    const payload = 'x'.repeat(payloadBytes);
    for (;;) {
      const [appended] = store.append([event(`${payloadBytes} ${taken}`, { payload })], 1);
      if (appended?.outcome === 'full') return;
      taken++;
    }
  }

  // Of 2,000 bytes a page of SQLite holds one, and a half of it stays empty.
  test.each([2, 300, 2_000, 3_000, 20_000])(
    'an outbox of events of %i bytes refuses before its database is larger, and not long before',
    (payloadBytes) => {
      fill(payloadBytes);
      expect(storage.sql.databaseSize).toBeLessThanOrEqual(MAX_BYTES);
      expect(storage.sql.databaseSize).toBeGreaterThan(MAX_BYTES - 80_000);
    },
  );

  test('a full outbox still knows its events, has room again after publishing, and grows no further', () => {
    fill(2_000);
    expect(store.append([event('2000 0')], 2)).toMatchObject([{ outcome: 'kept', duplicate: true }]);
    store.published(store.batch({ events: taken, bytes: MAX_BYTES }, []));
    const published = taken;
    fill(2_001);
    expect(taken).toBeGreaterThan(published);
    expect(storage.sql.databaseSize).toBeLessThanOrEqual(MAX_BYTES);
    expect(store.batch(BATCH, [])[0]).toMatchObject({ sequence: published + 1 });
  });

  test('an outbox that ids fill forgets the oldest before their time rather than refuse, and says since when', () => {
    const maxBytes = 3_000_000;
    store = new Store(storage, { dedupMs: 100_000, maxBytes });
    const id = (at: number) => String(at).padStart(32, '0');
    for (let at = 0; at < 30_000; at += 1_000) {
      const lot = Array.from({ length: 1_000 }, (_, of) => event(id(at + of)));
      expect(store.append(lot, at).filter(({ outcome }) => outcome !== 'kept')).toEqual([]);
      store.published(store.batch({ events: 1_000, bytes: maxBytes }, []));
      if (store.hasTooManyIds) store.purge(at);
    }
    expect(storage.sql.databaseSize).toBeLessThanOrEqual(maxBytes);
    const sinceMs = store.remembersSinceMs(30_000) ?? 0;
    expect(sinceMs).toBeGreaterThan(10_000);
    expect(store.recall(event(id(sinceMs)).event)).toBe(id(sinceMs));
    expect(store.recall(event(id(sinceMs - 1)).event)).toBeUndefined();
    expect(store.remembersSinceMs(sinceMs + 100_000)).toBeUndefined();
  });

  test('what SQLite itself has no room for is not kept at all, and all else goes on', () => {
    const roomy = new Store(storage, LIMITS);
    const payload = 'x'.repeat(20_000);
    roomy.append([event('a', { payload })], 1);
    [...storage.sql.exec(`PRAGMA max_page_count = ${storage.sql.databaseSize / 4_096 + 2}`)];
    expect(() => roomy.append([event('b'), event('c', { payload })], 2)).toThrow('full');
    expect(roomy.append([event('a')], 3)).toMatchObject([{ duplicate: true }]);
    expect(roomy.batch(BATCH, []).map(({ id }) => id)).toEqual(['a']);
    roomy.published(roomy.batch(BATCH, []));
    expect(roomy.append([event('b'), event('c', { payload: 'x'.repeat(9_000) })], 4)).toHaveLength(2);
    expect(roomy.batch(BATCH, []).map(({ id, sequence }) => [id, sequence])).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
  });
});

test('the counters balance: accepted is the last sequence, and is published or pending', () => {
  store.append([event('a'), event('b', { kind: 'message' }), event('c')], 1);
  expect(store.publishedSequence()).toBe(0);
  store.published(store.batch({ events: 1, bytes: 1_000 }, []));
  expect(store.publishedSequence()).toBe(1);
  const { counters } = new Store(storage, LIMITS);
  expect(counters.numbers('accepted.')).toEqual({ session: 2, message: 1 });
  expect(counters.number('last_sequence')).toBe(3);
  expect(counters.number('published') + counters.number('pending')).toBe(3);
  expect(counters.number('pending_bytes')).toBe(4);
});

test('ids are forgotten in parts, and the part that was not full is the last', () => {
  const many = Array.from({ length: 5_001 }, (_, at) => event(`id ${at}`));
  const roomy = new Store(storage, { ...LIMITS, maxBytes: 100_000_000 });
  roomy.append(many, 1);
  expect([1, 2].map(() => roomy.purge(2_000))).toEqual([true, false]);
  expect(roomy.counters.number('forgotten')).toBe(5_001);
});

test('there is something to publish while anything is pending that is not set aside', () => {
  expect(store.isPublishable()).toBe(false);
  store.append([event('a'), event('b')], 1);
  expect(store.isPublishable()).toBe(true);
  const [a, b] = store.batch(BATCH, []);
  if (a !== undefined) store.setAside(a, 'INVALID_RECORD', 1);
  expect(store.isPublishable()).toBe(true);
  if (b !== undefined) store.published([b]);
  expect(store.isPublishable()).toBe(false);
  expect(store.publishedSequence()).toBe(2);
  store.release(1);
  expect(store.isPublishable()).toBe(true);
  expect(store.publishedSequence()).toBe(0);
});

test('what changes nothing begins no transaction', () => {
  let transactions = 0;
  const transactionSync: typeof storage.transactionSync = (work) => {
    transactions++;
    return storage.transactionSync(work);
  };
  const idle = new Store({ ...storage, transactionSync }, LIMITS);
  idle.published([]);
  idle.release(1);
  expect(idle.recall(event('a').event)).toBeUndefined();
  expect(transactions).toBe(0);
});
