import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Limits, Store } from '../../worker/outbox/store.ts';
import {
  duplicate,
  event,
  idOf,
  kept,
  next,
  nextEvents,
  nextNames,
  refuse,
  retried,
  settle,
} from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const LIMITS: Limits = { maxBytes: 1_000_000, dedupMs: 1_000 };
const MANY = { events: 100_000, bytes: 100_000_000 };

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;
beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, LIMITS);
});
afterEach(() => storage.close());

const sequences = (of: Store) => nextEvents(of).map(({ sequence }) => sequence);

describe('sequence numbers', () => {
  test('count every new event, and no duplicate, without gaps', () => {
    store.append([event('a'), event('b'), event('a')], 1);
    store.append([event('b'), event('c')], 2);
    expect(nextNames(store)).toEqual(['a', 'b', 'c']);
    expect(sequences(store)).toEqual([1, 2, 3]);
    expect(store.counters.number('duplicates')).toBe(2);
  });

  test('go on where they were, after a restart and after all was published and forgotten', () => {
    store.append([event('a'), event('b')], 1);
    settle(store, next(store));
    store.flush();
    while (store.purge(1_000_000));
    const again = new Store(storage, LIMITS);
    again.append([event('c')], 1_000_001);
    expect(sequences(again)).toEqual([3]);
  });

  test('are not lost to a transaction that failed', () => {
    const broken = event('b', { receivedMs: Symbol('not storable') as unknown as number });
    expect(() => store.append([event('a'), broken], 1)).toThrow();
    expect(store.append([event('c')], 2)).toEqual([kept('c')]);
    expect(nextNames(store)).toEqual(['c']);
    expect(sequences(store)).toEqual([1]);
  });
});

describe('a redelivery', () => {
  test('is known for the days of deduplication and not much longer, published or not', () => {
    store.append([event('a')], 1_000);
    settle(store, next(store));
    store.append([event('b')], 1_999);
    store.purge(2_000);
    expect(store.append([event('a')], 2_000)).toEqual([duplicate('a')]);
    store.append([event('c')], 3_000);
    while (store.purge(3_001));
    expect(store.counters.number('forgotten')).toBe(1);
    expect(store.append([event('a'), event('c')], 3_002)).toEqual([kept('a'), duplicate('c')]);
  });

  test('without a natural identity collapses within ten seconds, also across two windows, and counts after', () => {
    store.append([event('w1', { receivedMs: 19_000 })], 1);
    expect(store.append([retried('w2', 'w1', 21_000)], 2)).toEqual([duplicate('w1')]);
    expect(store.append([retried('w2', 'w1', 29_500)], 3)).toEqual([kept('w2')]);
  });

  test('without a natural identity collapses too when the one that was stamped first comes last', () => {
    store.append([event('w2', { receivedMs: 20_001 })], 1);
    expect(store.append([retried('w1', 'w2', 19_999)], 2)).toEqual([duplicate('w2')]);
    expect(store.append([retried('w1', 'w2', 10_001)], 3)).toEqual([kept('w1')]);
  });

  test('collapses also with one that comes in the same commit', () => {
    const [first, same] = [event('w1', { receivedMs: 19_000 }), retried('w2', 'w1', 21_000)];
    expect(store.append([first, same, event('w1')], 1)).toEqual([
      kept('w1'),
      duplicate('w1'),
      duplicate('w1'),
    ]);
  });

  test('is none when it is the same arrival, asked for again because the answer was lost', () => {
    const again = (receivedMs: number) => {
      const arrival = event('a', { receivedMs });
      return { ...arrival, place: { ...arrival.place, isUnanswered: true } };
    };
    store.append([event('a', { receivedMs: 7 })], 1);
    expect(store.append([again(7), again(8)], 2)).toEqual([kept('a'), duplicate('a')]);
    expect(store.counters.number('duplicates')).toBe(1);
    expect(store.counters.number('last_sequence')).toBe(1);
  });

  test('keeps the times of the first arrival', () => {
    store.append([event('a', { occurredMs: 1, receivedMs: 2 })], 1);
    store.append([event('a', { occurredMs: 8, receivedMs: 9 })], 2);
    expect(nextEvents(store)).toMatchObject([{ occurredMs: 1, receivedMs: 2 }]);
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
      kept('c'),
    ]);
    expect(nextNames(again)).toEqual(['a', 'c']);
    expect(sequences(again)).toEqual([1, 2]);
  });

  test('knows what it has, retries within ten seconds too, counts them, and keeps nothing', () => {
    store.append([event('a'), event('w1', { receivedMs: 19_000 })], 1);
    expect(store.recall(event('a').event)).toBe(idOf('a'));
    expect(store.recall(retried('w2', 'w1', 21_000).event)).toBe(idOf('w1'));
    expect(store.recall(retried('w2', 'w1', 29_500).event)).toBeUndefined();
    for (const name of ['b', 'c']) expect(store.recall(event(name).event)).toBeUndefined();
    expect(store.counters.number('duplicates')).toBe(2);
    expect(store.counters.number('last_sequence')).toBe(2);
  });
});

describe('a batch', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const { retryOf, ...stored } = event('a', { payload: '{"é":"\\n\n"}', traceparent }).event;

  test('has each event as it was stored, under its app and outbox, also after a restart', () => {
    store.append([event('a', stored), event('b', { payload: '' })], 1);
    const { retryOf: _, ...other } = event('b', { payload: '' }).event;
    const as = { outbox: 'demo/0', sequence: 1, bytes: 12, storedMs: 1, chain: expect.any(String) };
    for (const of of [store, new Store(storage, LIMITS)]) {
      expect(nextEvents(of)).toEqual([
        { ...stored, ...as },
        { ...other, ...as, sequence: 2, bytes: 0 },
      ]);
    }
  });

  test('has nothing that is not durable', () => {
    store.append([event('a')], 1);
    expect(store.next(MANY, [])).toBeUndefined();
    store.confirm(1);
    store.append([event('b')], 2);
    expect(store.next(MANY, [])?.events).toHaveLength(1);
  });

  test('is filled up to its bytes, and with no event beyond', () => {
    store.append([event('a'), event('b'), event('c')], 1);
    expect(nextNames(store, [], { events: 9, bytes: 4 })).toHaveLength(2);
    expect(nextNames(store, [], { events: 9, bytes: 3 })).toHaveLength(1);
  });

  test('keeps order and bounds, and takes one larger event alone', () => {
    store.append([event('big', { payload: 'x'.repeat(500) }), event('b'), event('c')], 1);
    expect(nextNames(store, [], { events: 2, bytes: 10_000 })).toEqual(['big', 'b']);
    expect(nextNames(store, [], { events: 9, bytes: 100 })).toEqual(['big']);
  });

  test('leaves out held kinds, which wait one by one in their order while all else passes them', () => {
    store.append([event('a'), event('b', { kind: 'message' }), event('c')], 1);
    expect(nextNames(store, ['session'])).toEqual(['b']);
    settle(store, next(store, ['session']));
    store.append([event('d'), event('e', { kind: 'message' })], 2);
    settle(store, next(store, ['session']));
    expect(next(store, ['session'])).toBeUndefined();
    expect(store.amounts()).toEqual({ pending: 3, pendingBytes: 6, published: 2 });
    expect(store.publishedSequence()).toBe(0);

    const again = new Store(storage, LIMITS);
    again.append([event('f')], 3);
    expect(next(again, ['session'])).toMatchObject({ events: [], row: [{ id: idOf('f') }] });
    expect(again.nextOf('session', MANY)?.events.map(({ sequence }) => sequence)).toEqual([1, 3, 4]);
    expect(again.nextOf('message', MANY)).toBeUndefined();
    expect(nextNames(again)).toEqual(['a', 'c', 'd']);
    settle(again, next(again));
    expect(nextNames(again)).toEqual(['f']);
    expect(again.publishedSequence()).toBe(5);
  });

  test('is as it was when the cluster took nothing of it', () => {
    store.append([event('a'), event('b', { kind: 'message' })], 1);
    const before = next(store, ['message']);
    const fault = { scope: 'cluster', what: 'ECONNREFUSED' } as const;
    settle(store, before, { acknowledged: [], fault });
    expect(next(store, ['message'])).toEqual(before);
    expect(store.amounts().pending).toBe(2);
  });

  test('that went through in part leaves the rest, and never sends the other part again', () => {
    store.append([event('a'), event('b'), event('c')], 1);
    const batch = next(store);
    const fault = { scope: 'cluster', what: 'ECONNREFUSED' } as const;
    settle(store, batch, { acknowledged: batch?.events.slice(0, 1) ?? [], fault });
    expect(nextNames(store)).toEqual(['b', 'c']);
    expect(nextNames(new Store(storage, LIMITS))).toEqual(['b', 'c']);
  });

  test('leaves out what was set aside, until it is released', () => {
    store.append([event('a'), event('b'), event('c')], 1);
    refuse(store, 'b', 'MESSAGE_TOO_LARGE', 5);
    expect(nextNames(store)).toEqual(['a', 'c']);
    expect(store.setAsideEvents(10)).toMatchObject([
      { id: idOf('b'), reason: 'MESSAGE_TOO_LARGE', sequence: 2 },
    ]);
    expect(store.counters.number('set_aside')).toBe(1);
    store.release(4);
    expect(store.counters.number('set_aside')).toBe(1);
    expect(nextNames(store)).toEqual(['a', 'c']);
    store.release(5);
    expect(store.counters.number('set_aside')).toBe(0);
    expect(nextNames(store)).toEqual(['a', 'b', 'c']);
  });

  test('comes from the disk where memory does not hold all that waits, and misses nothing', () => {
    const payload = 'x'.repeat(400_000);
    store = new Store(storage, { ...LIMITS, maxBytes: 100_000_000 });
    const names = Array.from({ length: 40 }, (_, at) => `e${at}`);
    for (const name of names) store.append([event(name, { payload })], 1);
    const out: string[] = [];
    for (let batch = next(store); batch !== undefined; batch = next(store)) {
      out.push(...nextNames(store));
      settle(store, batch);
      if (out.length === 4) store.append([event('late', { payload })], 2);
    }
    expect(out).toEqual([...names, 'late']);
    expect(store.amounts()).toEqual({ pending: 0, pendingBytes: 0, published: 41 });
  });
});

test('a backlog that came in one by one goes out in full batches, also after a restart, and says while there is more', () => {
  const roomy = { ...LIMITS, maxBytes: 100_000_000 };
  store = new Store(storage, roomy);
  for (let at = 0; at < 250; at++) store.append([event(`e${at}`)], at);
  for (const of of [store, new Store(storage, roomy)]) {
    expect(next(of)).toMatchObject({ hasMore: true, events: { length: 100 } });
  }
  const again = new Store(storage, roomy);
  const lengths: number[] = [];
  for (let batch = next(again); batch !== undefined; batch = next(again)) {
    lengths.push(batch.events.length);
    expect(batch.hasMore).toBe(lengths.length < 3);
    settle(again, batch);
  }
  expect(lengths).toEqual([100, 100, 50]);
});

describe('what was acknowledged', () => {
  test('is written with the next commit, or at last when asked to; before, a restart publishes it again', () => {
    store.append([event('a')], 1);
    settle(store, next(store));
    expect(store.amounts()).toEqual({ pending: 0, pendingBytes: 0, published: 1 });
    expect(nextNames(new Store(storage, LIMITS))).toEqual(['a']);
    store.append([event('b')], 2);
    expect(nextNames(new Store(storage, LIMITS))).toEqual(['b']);
    settle(store, next(store));
    store.flush();
    const again = new Store(storage, LIMITS);
    expect(next(again)).toBeUndefined();
    expect(again.amounts()).toEqual({ pending: 0, pendingBytes: 0, published: 2 });
    expect([...storage.sql.exec('SELECT 1 FROM segments')]).toEqual([]);
  });

  test('is written once, also when the commit that it went with failed', () => {
    store.append([event('a')], 1);
    settle(store, next(store));
    const broken = event('b', { receivedMs: Symbol('not storable') as unknown as number });
    expect(() => store.append([broken], 2)).toThrow();
    store.append([event('c')], 3);
    expect(new Store(storage, LIMITS).amounts()).toEqual({ pending: 1, pendingBytes: 2, published: 1 });
    expect(nextNames(store)).toEqual(['c']);
  });

  test('is written down in parts where no commit comes', () => {
    store = new Store(storage, { ...LIMITS, maxBytes: 100_000_000 });
    store.append(
      Array.from({ length: 2_001 }, (_, at) => event(`e${at}`)),
      1,
    );
    settle(store, next(store, [], { ...MANY, events: 1_999 }));
    expect(new Store(storage, LIMITS).amounts().published).toBe(0);
    settle(store, next(store, [], { ...MANY, events: 1 }));
    expect(new Store(storage, LIMITS).amounts().published).toBe(2_000);
  });
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

  test('a commit takes no more events than there is room for', () => {
    const many = Array.from({ length: 200 }, (_, at) => event(`e${at}`, { payload: 'x'.repeat(2_000) }));
    const outcomes = store.append(many, 1).map(({ outcome }) => outcome);
    expect(outcomes[0]).toBe('kept');
    expect(outcomes.at(-1)).toBe('full');
    expect(storage.sql.databaseSize).toBeLessThanOrEqual(MAX_BYTES);
  });

  test('a full outbox still knows its events, has room again after publishing, and grows no further', () => {
    fill(2_000);
    expect(store.append([event('2000 0')], 2)).toEqual([duplicate('2000 0')]);
    settle(store, next(store, [], MANY));
    store.flush();
    const published = taken;
    fill(2_001);
    expect(taken).toBeGreaterThan(published);
    expect(storage.sql.databaseSize).toBeLessThanOrEqual(MAX_BYTES);
    expect(nextEvents(store)[0]).toMatchObject({ sequence: published + 1 });
  });

  test('an outbox that ids fill forgets the oldest before their time rather than refuse, and says since when', () => {
    const maxBytes = 3_000_000;
    store = new Store(storage, { dedupMs: 100_000, maxBytes });
    for (let at = 0; at < 60_000; at += 1_000) {
      const lot = Array.from({ length: 1_000 }, (_, of) => event(`${at + of}`));
      expect(store.append(lot, at).filter(({ outcome }) => outcome !== 'kept')).toEqual([]);
      settle(store, next(store, [], MANY));
      while (store.hasTooManyIds) store.purge(at);
    }
    expect(storage.sql.databaseSize).toBeLessThanOrEqual(maxBytes);
    const sinceMs = store.remembersSinceMs(60_000) ?? 0;
    expect(sinceMs).toBeGreaterThan(20_000);
    expect(store.recall(event(`${sinceMs}`).event)).toBe(idOf(`${sinceMs}`));
    expect(store.recall(event(`${sinceMs - 1}`).event)).toBeUndefined();
    expect(store.remembersSinceMs(sinceMs + 100_000)).toBeUndefined();
  });

  test('what SQLite itself has no room for is not kept at all, and all else goes on', () => {
    const roomy = new Store(storage, LIMITS);
    const payload = 'x'.repeat(20_000);
    roomy.append([event('a', { payload })], 1);
    [...storage.sql.exec(`PRAGMA max_page_count = ${storage.sql.databaseSize / 4_096 + 2}`)];
    expect(() => roomy.append([event('b'), event('c', { payload })], 2)).toThrow('full');
    expect(roomy.append([event('a')], 3)).toEqual([duplicate('a')]);
    expect(nextNames(roomy)).toEqual(['a']);
    settle(roomy, next(roomy));
    roomy.flush();
    expect(roomy.append([event('b'), event('c', { payload: 'x'.repeat(9_000) })], 4)).toHaveLength(2);
    expect(nextNames(roomy)).toEqual(['b', 'c']);
    expect(sequences(roomy)).toEqual([2, 3]);
  });

  test('what cannot be kept one by one for want of room stays where it was', () => {
    const roomy = new Store(storage, LIMITS);
    roomy.append([event('a', { payload: 'x'.repeat(20_000) }), event('b', { kind: 'message' })], 1);
    [...storage.sql.exec(`PRAGMA max_page_count = ${storage.sql.databaseSize / 4_096}`)];
    expect(() => settle(roomy, next(roomy, ['session']))).toThrow('full');
    [...storage.sql.exec('PRAGMA max_page_count = 1000')];
    expect(nextNames(roomy)).toEqual(['a', 'b']);
    settle(roomy, next(roomy, ['session']));
    expect(nextNames(roomy)).toEqual(['a']);
  });
});

test('the counters balance: accepted is the last sequence, and is published or pending', () => {
  store.append([event('a'), event('b', { kind: 'message' }), event('c')], 1);
  expect(store.publishedSequence()).toBe(0);
  settle(store, next(store, [], { events: 1, bytes: 1_000 }));
  expect(store.publishedSequence()).toBe(1);
  store.flush();
  const again = new Store(storage, LIMITS);
  expect(again.counters.numbers('accepted.')).toEqual({ session: 2, message: 1 });
  expect(again.counters.number('last_sequence')).toBe(3);
  expect(again.amounts()).toEqual({ pending: 2, pendingBytes: 4, published: 1 });
});

test('there is something to publish while anything is pending that is not set aside', () => {
  expect(store.isPublishable()).toBe(false);
  store.append([event('a'), event('b')], 1);
  expect(store.isPublishable()).toBe(true);
  refuse(store, 'a', 'INVALID_RECORD', 1);
  expect(store.isPublishable()).toBe(true);
  settle(store, next(store));
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
  transactions = 0;
  idle.flush();
  idle.release(1);
  expect(idle.recall(event('a').event)).toBeUndefined();
  expect(transactions).toBe(0);
});
