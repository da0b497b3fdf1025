import { describe, expect, test, vi } from 'vitest';
import { Accumulator } from '../../consumer/settle/accumulator.ts';
import type { Stored } from '../../consumer/settle/settle.ts';
import { ownClock } from '../support/own-clock.ts';

const LIMITS = { maxItems: 10, maxBytes: 1_000, maxStores: 1, lingerMs: 200, paceMs: 100 };
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

/** One that stores each lot when `finish` is called, and what it was given. */
function slowly(limits = LIMITS) {
  const { lots, store, finish } = slowStore();
  return { lots, finish, accumulator: new Accumulator<readonly number[]>(limits, store) };
}

/** When lots were stored, in milliseconds since the clock began, and what of. */
function timedStore() {
  ownClock();
  const beganMs = Date.now();
  const lots: (readonly [ms: number, ...items: number[]])[] = [];
  const store = async (batches: readonly (readonly number[])[]) => {
    lots.push([Date.now() - beganMs, ...batches.flat()]);
    return batches.map(() => STORED);
  };
  return { lots, accumulator: new Accumulator<readonly number[]>(LIMITS, store) };
}

test('batches of one answer are stored together, and each hears of itself', async () => {
  const { lots, finish, accumulator } = slowly();
  const signal = live();
  const first = accumulator.add([1, 2], 10, false, signal);
  const second = accumulator.add([3], 10, false, signal);
  await vi.waitFor(() => expect(lots).toEqual([[1, 2, 3]]));
  const hold = { reason: 'none', messages: 1 };
  const later = Promise.resolve('stored' as const);
  const held: Stored = { ending: 'held', hold, watch: () => {}, later };
  finish(STORED, held);
  expect(await first.ended).toEqual(STORED);
  expect(await second.ended).toEqual(held);
});

test('the first batch of a quiet stream is stored at once, and what comes meanwhile makes the next lot', async () => {
  const { lots, finish, accumulator } = slowly();
  const signal = live();
  accumulator.add([1], 1, false, signal);
  await vi.waitFor(() => expect(lots).toEqual([[1]]));
  accumulator.add([2], 1, false, signal);
  await new Promise(setImmediate);
  accumulator.add([3], 1, false, signal);
  expect(lots).toEqual([[1]]);
  finish(STORED);
  await vi.waitFor(() => expect(lots).toEqual([[1], [2, 3]]));
});

describe('a lot of a backlog', () => {
  test('waits for more, but not for long', async () => {
    const { lots, accumulator } = timedStore();
    const signal = live();
    accumulator.add([1], 1, true, signal);
    await vi.advanceTimersByTimeAsync(100);
    accumulator.add([2], 1, true, signal);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lots.map(([, ...items]) => items)).toEqual([[1, 2]]);
    expect(lots[0]?.[0]).toBeGreaterThanOrEqual(LIMITS.lingerMs);
    expect(lots[0]?.[0]).toBeLessThan(LIMITS.lingerMs + 50);
  });

  test('is stored as soon as it is full, of items or of bytes, and holds what filled it', async () => {
    const { lots, accumulator } = timedStore();
    const signal = live();
    accumulator.add([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, true, signal);
    accumulator.add([10], 1, true, signal);
    accumulator.add([1], 999, true, signal);
    accumulator.add([2], 1, true, signal);
    await vi.advanceTimersByTimeAsync(10);
    expect(lots.map(([, ...items]) => items)).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 2],
    ]);
  });
});

test('nothing is stored where nothing was added', async () => {
  const { lots, accumulator } = timedStore();
  accumulator.flush();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lots).toEqual([]);
});

test('more may be read while a lot is filled, and no more when one is full and another is being stored', async () => {
  const { lots, finish, accumulator } = slowly();
  const signal = live();
  const isOpen = (room: Promise<void>) =>
    Promise.race([room.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]);
  const first = accumulator.add([1], 2_000, true, signal);
  await vi.waitFor(() => expect(lots).toEqual([[1]]));
  expect(await isOpen(first.room)).toBe(true);
  const second = accumulator.add([2], 2_000, true, signal);
  expect(await isOpen(second.room)).toBe(false);
  finish(STORED);
  await second.room;
  expect(lots).toEqual([[1], [2]]);
  expect(await first.ended).toEqual(STORED);
});

test('what was read under a membership that has ended is neither stored nor mixed with what is read after it', async () => {
  const { lots, finish, accumulator } = slowly();
  const ended = new AbortController();
  const before = accumulator.add([1], 1, false, ended.signal);
  ended.abort();
  const after = accumulator.add([2], 1, false, live());
  accumulator.flush();
  expect(await before.ended).toEqual(ABANDONED);
  await vi.waitFor(() => expect(lots).toEqual([[2]]));
  finish(STORED);
  expect(await after.ended).toEqual(STORED);
  expect(await accumulator.add([3], 1, false, ended.signal).ended).toEqual(ABANDONED);
});
