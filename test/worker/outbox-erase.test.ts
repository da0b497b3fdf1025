import { afterEach, beforeEach, expect, test } from 'vitest';
import { Store } from '../../worker/outbox/store.ts';
import { event, next, nextEvents, refuse, settle } from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const EVA = 'eva@customers.example';
const body = (email: string, more: object = {}) =>
  JSON.stringify({
    payload: { from: { email }, room: { id: 1 }, message: { text: `of ${email}` }, ...more },
  });
const LEFT = '{"erased":true,"payload":{"from":{},"room":{"id":1},"message":{}}}';

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;
beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, { maxBytes: 100_000_000, dedupMs: 1_000 });
});
afterEach(() => storage.close());

const message = (name: string, email: string, more = {}) =>
  event(name, { kind: 'message', subject: '1', payload: body(email, more) });
const part = (more: object = {}) => ({ ids: [EVA], rooms: [], after: undefined, isDryRun: false, ...more });
const payloads = (of: Store) => nextEvents(of).map(({ payload }) => payload);

test('an erased event is published without the person, from memory and after a restart, and others as they were', () => {
  store.append([message('a', EVA), message('b', 'adam'), message('c', EVA)], 1);
  expect(store.erase(part({ isDryRun: true }))).toEqual({ events: 2, after: null });
  expect(payloads(store)[0]).toContain(EVA);
  expect(store.erase(part())).toEqual({ events: 2, after: null });
  expect(payloads(store)).toEqual([LEFT, body('adam'), LEFT]);
  expect(payloads(new Store(storage, { maxBytes: 100_000_000, dedupMs: 1_000 }))).toEqual([
    LEFT,
    body('adam'),
    LEFT,
  ]);
  expect(store.erase(part())).toEqual({ events: 0, after: null });
});

test('a batch that is under way and fails is kept without the person', () => {
  store.append([message('a', EVA), message('b', 'adam')], 1);
  const batch = next(store);
  store.erase(part());
  const refused = (batch?.events ?? []).map((each) => ({ event: each, reason: 'a test' }));
  settle(store, batch, { acknowledged: [], refused });
  expect(JSON.stringify([...storage.sql.exec('SELECT * FROM pending')])).not.toContain(EVA);
  store.release(Number.MAX_SAFE_INTEGER);
  expect(payloads(store)).toContain(LEFT);
});

test('what is kept one by one, and set aside, loses the person too', () => {
  store.append([message('a', EVA), message('b', 'adam')], 1);
  refuse(store, 'a', 'a test');
  expect(store.erase(part())).toEqual({ events: 1, after: null });
  expect(JSON.stringify([...storage.sql.exec('SELECT * FROM pending')])).not.toContain(EVA);
});

test('all events of a room that is theirs are theirs, but no unrecognized one of that subject', () => {
  const odd = event('u', { kind: 'unrecognized', subject: '1', payload: '{"a":1}' });
  store.append([message('a', 'agent'), odd], 1);
  expect(store.erase(part({ rooms: ['1'] }))).toEqual({ events: 1, after: null });
});

test('a large outbox is gone through in parts, each event once', () => {
  const long = { fill: 'x'.repeat(800_000) };
  for (let at = 0; at < 30; at++) store.append([message(`e${at}`, EVA, long)], at);
  let [events, parts] = [0, 0];
  let after: Parameters<Store['erase']>[0]['after'] | null;
  do {
    const ending = store.erase(part({ after }));
    events += ending.events;
    parts++;
    after = ending.after;
  } while (after !== null);
  expect([events, parts > 1]).toEqual([30, true]);
  settle(store, next(store));
  expect(store.amounts().pendingBytes).toBeGreaterThanOrEqual(0);
});
