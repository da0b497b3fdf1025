import { setTimeout as pause } from 'node:timers/promises';

export type WaitOptions = {
  timeoutMs: number;
  /** Between two looks. Without it, soon at first and then less and less often: what takes long is not seen much later. */
  intervalMs?: number;
  /** Ends the waiting early; its reason is thrown. */
  signal?: AbortSignal;
};

const FIRST_INTERVAL_MS = 30;
const LONGEST_INTERVAL_MS = 200;
const GROWTH = 1.2;

/** A condition did not come true in time; `cause` is the last reason why not. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
}

/**
 * Waits until `check` returns without throwing and gives something other than `false`, which is returned.
 * @throws WaitTimeout, with the last thing that `check` threw as its cause.
 */
export async function waitFor<T>(check: () => Promise<T> | T, options: WaitOptions): Promise<T> {
  const { timeoutMs, intervalMs, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let growingMs = FIRST_INTERVAL_MS;
  for (;;) {
    signal?.throwIfAborted();
    const outcome = await attempt(check);
    if (outcome.held) return outcome.value;
    if (performance.now() > deadline) {
      throw new WaitTimeout(`not so within ${timeoutMs} ms`, { cause: outcome.fault });
    }
    const restMs = intervalMs ?? growingMs;
    growingMs = Math.min(GROWTH * growingMs, LONGEST_INTERVAL_MS);
    await pause(restMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
  }
}

async function attempt<T>(check: () => Promise<T> | T) {
  try {
    const value = await check();
    return value === false
      ? { held: false as const, fault: new Error('the condition was false') }
      : { held: true as const, value };
  } catch (fault) {
    return { held: false as const, fault };
  }
}
