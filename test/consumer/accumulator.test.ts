import { describe, expect, test, vi } from 'vitest';
import { Accumulator } from '../../consumer/settle/accumulator.ts';
import type { Stored } from '../../consumer/settle/settle.ts';
import { ownClock } from '../support/own-clock.ts';

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

/** When lots were stored, in milliseconds since the clock began, and what of. */
function timedStore() {
  ownClock();
  const beganMs = Date.now();
  const lots: (readonly [ms: number, ...items: number[]])[] = [];
  const store = async (batches: readonly (readonly number[])[]) => {
    lots.push([Date.now() - beganMs, ...batches.flat()]);
    return batches.map(() => STORED);
  };
  return { lots, accumulator: new Accumulator<number>(LIMITS, store) };
}

describe('a lot lingers', () => {
  test('as long as the batch in it that waits least, counted from when that came, and no lot in its place', async () => {
    const { lots, accumulator } = timedStore();
    const signal = live();
    accumulator.add([1], 1, 400, signal);
    await vi.advanceTimersByTimeAsync(100);
    accumulator.add([2], 1, 20, signal);
    accumulator.add([3], 1, 400, signal);
    await vi.advanceTimersByTimeAsync(19);
    expect(lots).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(lots).toEqual([[120, 1, 2, 3]]);
    accumulator.add([4], 1, 400, signal);
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(lots).toEqual([
      [120, 1, 2, 3],
      [520, 4],
    ]);
  });

  test('no longer once it is full or flushed, and its time does not end the next lot early', async () => {
    const { lots, accumulator } = timedStore();
    const signal = live();
    accumulator.add([1], 1, 400, signal);
    await vi.advanceTimersByTimeAsync(100);
    accumulator.flush();
    accumulator.add([2], 1, 400, signal);
    await vi.advanceTimersByTimeAsync(399);
    expect(lots).toEqual([[100, 1]]);
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(lots).toEqual([
      [100, 1],
      [500, 2],
    ]);
  });

  test('not at all where nothing is in it', async () => {
    const { lots, accumulator } = timedStore();
    accumulator.flush();
    await vi.advanceTimersByTimeAsync(LINGER_MS);
    expect(lots).toEqual([]);
  });

  test('until it is full, of items or of bytes, and holds what filled it', async () => {
    const { lots, accumulator } = timedStore();
    const signal = live();
    accumulator.add([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, LINGER_MS, signal);
    await vi.advanceTimersByTimeAsync(1);
    accumulator.add([10], 1, LINGER_MS, signal);
    accumulator.add([1], 999, LINGER_MS, signal);
    await vi.advanceTimersByTimeAsync(1);
    accumulator.add([2], 1, LINGER_MS, signal);
    await vi.advanceTimersByTimeAsync(1);
    expect(lots).toEqual([
      [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [2, 1, 2],
    ]);
  });
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
