import { describe, expect, test, vi } from 'vitest';
import { type Count, Tally } from '../../worker/refused/tally.ts';
import { undoAfterwards } from '../support/clean-up.ts';

describe('refusals are counted in memory and handed over together', () => {
  /** A ledger that keeps what it is given, unless it is to fail. */
  function ledger() {
    const kept: Count[][] = [];
    const state = { fails: false };
    const add = async (counts: readonly Count[]) => {
      if (state.fails) throw new Error('not now');
      kept.push([...counts]);
    };
    return { add, kept, state };
  }

  test('a flood under ever new names is one key, and asks for one hand-over', async () => {
    const tally = new Tally(['demo'], () => 0);
    const { add, kept } = ledger();
    const asked = Array.from({ length: 10_000 }, (_, index) => tally.note(`app-${index}`, 'unauthorized'));
    expect(asked.filter(Boolean)).toHaveLength(1);
    await tally.handOver({ add });
    expect(kept).toEqual([[{ app: '(unknown)', reason: 'unauthorized', count: 10_000 }]]);
    await tally.handOver({ add });
    expect(kept).toHaveLength(1);
  });

  test('what could not be handed over is handed over the next time, with what came meanwhile', async () => {
    const tally = new Tally(['demo'], () => 0);
    const { add, kept, state } = ledger();
    tally.note('demo', 'too-large');
    state.fails = true;
    const failing = tally.handOver({ add });
    tally.note('demo', 'too-large');
    tally.note('demo', 'not-json');
    await expect(failing).rejects.toThrow('not now');
    state.fails = false;
    await tally.handOver({ add });
    expect(kept.flat()).toHaveLength(2);
    expect(kept.flat()).toContainEqual({ app: 'demo', reason: 'too-large', count: 2 });
    expect(kept.flat()).toContainEqual({ app: 'demo', reason: 'not-json', count: 1 });
  });

  test('a hand-over that ended with its request is asked for again', () => {
    let nowMs = 0;
    const tally = new Tally(['demo'], () => nowMs);
    expect(tally.note('demo', 'not-json')).toBe(true);
    nowMs += 9_999;
    expect(tally.note('demo', 'not-json')).toBe(false);
    nowMs += 1;
    expect(tally.note('demo', 'not-json')).toBe(true);
  });

  test('after one that failed, the next refusal asks again', async () => {
    const tally = new Tally(['demo'], () => 0);
    const { add, kept, state } = ledger();
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    undoAfterwards(() => warned.mockRestore());
    vi.useFakeTimers();
    undoAfterwards(() => void vi.useRealTimers());
    state.fails = true;
    expect(tally.note('demo', 'not-json')).toBe(true);
    const failing = tally.handOverSoon({ add });
    await vi.advanceTimersByTimeAsync(1_000);
    await failing;
    const line = JSON.stringify({ level: 'warn', event: 'refusals-not-counted-yet', error: 'Error' });
    expect(warned.mock.calls).toEqual([[line]]);
    state.fails = false;
    expect(tally.note('demo', 'not-json')).toBe(true);
    const gathering = tally.handOverSoon({ add });
    await vi.advanceTimersByTimeAsync(999);
    expect(kept).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await gathering;
    expect(kept).toEqual([[{ app: 'demo', reason: 'not-json', count: 2 }]]);
  });
});
