import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import { Store } from '../../worker/outbox/store.ts';
import { event, next, nextEvents, settle } from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const LIMITS = { maxBytes: 1_000_000_000, dedupMs: 1_000 };

let storage: ReturnType<typeof sqliteStorage>;
let store: Store;

beforeEach(() => {
  storage = sqliteStorage();
  store = new Store(storage, LIMITS);
});
afterEach(() => storage.close());

/** What the links of these events should be, one after the other. */
function linksOf(arrivals: readonly ReturnType<typeof event>[]): string[] {
  const links: string[] = [];
  for (const each of arrivals) links.push(linkOf(links.at(-1) ?? NO_LINK, each.event));
  return links;
}

const A = event('a', { payload: '{"é":1}' });
const B = event('b', { kind: 'message' });
const C = event('c');

describe('the chain of an outbox', () => {
  test('links each event to the one before it, over groups and restarts, and no duplicate', () => {
    store.append([A, B], 1);
    const again = new Store(storage, LIMITS);
    again.append([A, C], 2);
    expect(nextEvents(again).map(({ chain }) => chain)).toEqual(linksOf([A, B, C]));
    expect(again.counters.text('chain')).toBe(linksOf([A, B, C]).at(-1));
  });

  test('goes on behind what was stored, where a transaction was rolled back', () => {
    store.append([A], 1);
    const broken = event('x', { receivedMs: Symbol('not storable') as unknown as number });
    expect(() => store.append([B, broken], 2)).toThrow();
    store.append([C], 3);
    expect(nextEvents(store).map(({ chain }) => chain)).toEqual(linksOf([A, C]));
  });

  test('stays with events that are kept one by one', () => {
    store.append([A, B, C], 1);
    settle(store, next(store, ['session']));
    const [linkA, , linkC] = linksOf([A, B, C]);
    for (const of of [store, new Store(storage, LIMITS)]) {
      expect(nextEvents(of).map(({ chain }) => chain)).toEqual([linkA, linkC]);
    }
  });
});
