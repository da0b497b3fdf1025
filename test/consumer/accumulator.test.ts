import { expect, test, vi } from 'vitest';
import { Accumulator } from '../../consumer/settle/accumulator.ts';
import type { Stored } from '../../consumer/settle/settle.ts';

const LIMITS = { maxItems: 10, maxBytes: 1_000 };
const LINGER_MS = 60_000;
const live = () => new AbortController().signal;

/** A store that keeps what it was given; each lot is stored when `finish` is called. */
function slowStore() {
  const lots: (readonly number[])[] = [];
  const finishers: ((stored: Stored) => void)[] = [];
  const store = (lot: readonly number[]) => {
    lots.push(lot);
    return new Promise<Stored>((resolve) => finishers.push(resolve));
  };
  return { lots, store, finish: (ending: Stored = 'stored') => finishers.shift()?.(ending) };
}

test('batches that arrive together are stored together, and each hears of it', async () => {
  const { lots, store, finish } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const signal = live();
  const both = Promise.all([
    accumulator.add([1, 2], 10, LINGER_MS, signal),
    accumulator.add([3], 10, LINGER_MS, signal),
  ]);
  accumulator.flush();
  await vi.waitFor(() => expect(lots).toEqual([[1, 2, 3]]));
  finish();
  expect(await both).toEqual(['stored', 'stored']);
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
  finish();
  expect(await first).toBe('stored');
  await vi.waitFor(() => expect(lots).toEqual([[1], [2]]));
  finish();
  expect(await second).toBe('stored');
});

test('what was read under a membership that has ended is neither stored nor mixed with what is read after it', async () => {
  const { lots, store, finish } = slowStore();
  const accumulator = new Accumulator<number>(LIMITS, store);
  const ended = new AbortController();
  const before = accumulator.add([1], 1, LINGER_MS, ended.signal);
  ended.abort();
  const after = accumulator.add([2], 1, LINGER_MS, live());
  accumulator.flush();
  expect(await before).toBe('abandoned');
  await vi.waitFor(() => expect(lots).toEqual([[2]]));
  finish();
  expect(await after).toBe('stored');
  expect(await accumulator.add([3], 1, LINGER_MS, ended.signal)).toBe('abandoned');
});
