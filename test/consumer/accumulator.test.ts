import { expect, test, vi } from 'vitest';
import { Accumulator } from '../../consumer/settle/accumulator.ts';
import type { Stored } from '../../consumer/settle/settle.ts';

const LIMITS = { maxItems: 10, maxBytes: 1_000 };
const LINGER_MS = 60_000;
const STORED: Stored = { ending: 'stored' };
const ABANDONED: Stored = { ending: 'abandoned' };
const live = () => new AbortController().signal;

/** A store that keeps what it was given; each lot is stored when `finish` is called. */
function slowStore() {
  const lots: (readonly number[])[] = [];
  const finishers: ((stored: readonly Stored[]) => void)[] = [];
  const store = (batches: readonly (readonly number[])[]) => {
    lots.push(batches.flat());
    return new Promise<readonly Stored[]>((resolve) => finishers.push(resolve));
  };
  return { lots, store, finish: (...endings: Stored[]) => finishers.shift()?.(endings) };
}

test('batches that arrive together are stored together, and each hears of itself', async () => {
  const { lots, store, finish } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const signal = live();
  const both = Promise.all([
    accumulator.add([1, 2], 10, LINGER_MS, signal),
    accumulator.add([3], 10, LINGER_MS, signal),
  ]);
  accumulator.flush();
  await vi.waitFor(() => expect(lots).toEqual([[1, 2, 3]]));
  const hold = { reason: 'none', messages: 1 };
  const later = Promise.resolve('stored' as const);
  const held: Stored = { ending: 'held', hold, watch: () => {}, later };
  finish(STORED, held);
  expect(await both).toEqual([STORED, held]);
});

test.each([
  ['so many items', 10, 1],
  ['so many bytes', 1, 1_000],
])('a lot of %s does not linger', async (_, items, bytes) => {
  const { lots, store } = slowStore();
  new Accumulator<number>(LIMITS, store).add(Array(items).fill(0), bytes, LINGER_MS, live());
  await vi.waitFor(() => expect(lots).toHaveLength(1));
});

test('a batch of a backlog does not linger behind one that would', async () => {
  const { lots, store } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const signal = live();
  accumulator.add([1], 1, LINGER_MS, signal);
  accumulator.add([2], 1, 1, signal);
  await vi.waitFor(() => expect(lots).toEqual([[1, 2]]));
});

test('one lot is stored after the other, in their order', async () => {
  const { lots, store, finish } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const signal = live();
  const first = accumulator.add([1], 2_000, LINGER_MS, signal);
  const second = accumulator.add([2], 2_000, LINGER_MS, signal);
  await vi.waitFor(() => expect(lots).toEqual([[1]]));
  finish(STORED);
  expect(await first).toEqual(STORED);
  await vi.waitFor(() => expect(lots).toEqual([[1], [2]]));
  finish(STORED);
  expect(await second).toEqual(STORED);
});

test('what was read under a membership that has ended is neither stored nor mixed with what is read after it', async () => {
  const { lots, store, finish } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const ended = new AbortController();
  const before = accumulator.add([1], 1, LINGER_MS, ended.signal);
  ended.abort();
  const after = accumulator.add([2], 1, LINGER_MS, live());
  accumulator.flush();
  expect(await before).toEqual(ABANDONED);
  await vi.waitFor(() => expect(lots).toEqual([[2]]));
  finish(STORED);
  expect(await after).toEqual(STORED);
  expect(await accumulator.add([3], 1, LINGER_MS, ended.signal)).toEqual(ABANDONED);
});
