import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { vi } from 'vitest';
import { undoAfterwards } from './clean-up.ts';

/**
 * Has time pass by `vi.advanceTimersByTimeAsync` alone until the running test ends, for those as well who wait by
 * `setTimeout` of `node:timers/promises`, which vitest's clock does not know.
 */
export function ownClock(): void {
  vi.useFakeTimers();
  const waiting = vi.spyOn(timers, 'setTimeout').mockImplementation(sleep);
  syncBuiltinESMExports();
  undoAfterwards(() => {
    waiting.mockRestore();
    syncBuiltinESMExports();
    vi.useRealTimers();
  });
}

function sleep<T>(ms?: number, value?: T, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    setTimeout(() => resolve(value as T), ms);
  });
}
