import { describe, expect, test } from 'vitest';
import { Gaps } from '../../schemas/subscribe/gaps.ts';

const AFTER_MS = 100;

/** Notes numbers of an outbox, read at a time from a partition that was read from its beginning unless told. */
function read(gaps: Gaps, sequences: readonly number[], nowMs = 0, place = 't/0', isWhole = true): void {
  for (const sequence of sequences) gaps.note({ outbox: 'demo/0', sequence }, place, isWhole, nowMs);
}

describe('gaps', () => {
  test('are numbers that stay away, each told once', () => {
    const gaps = new Gaps(AFTER_MS);
    read(gaps, [1, 2, 5, 9]);
    expect(gaps.due(99)).toEqual([]);
    expect(gaps.due(100)).toEqual([
      { outbox: 'demo/0', from: 3, to: 4 },
      { outbox: 'demo/0', from: 6, to: 8 },
    ]);
    expect(gaps.due(200)).toEqual([]);
    expect(gaps.open).toBe(2);
  });

  test('close when the numbers come after all, one by one and in any order', () => {
    const gaps = new Gaps(AFTER_MS);
    read(gaps, [1, 6, 4]);
    expect(gaps.due(100)).toEqual([
      { outbox: 'demo/0', from: 2, to: 3 },
      { outbox: 'demo/0', from: 5, to: 5 },
    ]);
    read(gaps, [3, 2, 5, 5, 1], 150);
    expect(gaps.open).toBe(0);
    expect(gaps.due(1_000)).toEqual([]);
  });

  test('are told from the first number on where everything is read from its beginning', () => {
    const gaps = new Gaps(AFTER_MS);
    read(gaps, [3]);
    expect(gaps.due(100)).toEqual([{ outbox: 'demo/0', from: 1, to: 2 }]);
  });

  test('are not what may have gone before anybody read it', () => {
    const gaps = new Gaps(AFTER_MS);
    read(gaps, [50, 53], 0, 't/0', false);
    read(gaps, [20, 60], 0, 't/1', false);
    read(gaps, [57], 0, 't/2', false);
    expect(gaps.due(100)).toEqual([{ outbox: 'demo/0', from: 58, to: 59 }]);
  });

  test('of one outbox are none of another', () => {
    const gaps = new Gaps(AFTER_MS);
    gaps.note({ outbox: 'demo/0', sequence: 1 }, 't/0', true, 0);
    gaps.note({ outbox: 'demo/1', sequence: 2 }, 't/0', true, 0);
    expect(gaps.due(100)).toEqual([{ outbox: 'demo/1', from: 1, to: 1 }]);
  });

  test('are forgotten when others read a part', () => {
    const gaps = new Gaps(AFTER_MS);
    read(gaps, [1, 9]);
    gaps.forget();
    expect(gaps.due(100)).toEqual([]);
  });
});
