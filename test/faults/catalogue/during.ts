import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../../local/wait.ts';
import type { Sender } from '../sender.ts';
import type { Trap } from '../trap.ts';

const CATCH_BOUND_MS = 30_000;

/**
 * Does something at the moment that a trap catches. What it held is lost then: let go, a dead process's request would
 * still arrive, and the moment would have been a later one.
 * @returns 1, or 0 when `act` says that it could not do it
 * @throws when nothing comes by
 */
export async function at<T>(trap: Trap<T>, act: () => Promise<boolean> | boolean): Promise<number> {
  const late = new AbortController();
  try {
    await Promise.race([
      trap.caught,
      pause(CATCH_BOUND_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error('the moment did not come');
      }),
    ]);
    return (await act()) ? 1 : 0;
  } finally {
    late.abort();
    trap.drop();
  }
}

/** Waits until so many more events were acknowledged. @throws when they are not, in time */
export async function acknowledge(sender: Sender, count: number): Promise<void> {
  const goal = sender.acknowledged.size + count;
  await waitFor(() => sender.acknowledged.size >= goal, { timeoutMs: CATCH_BOUND_MS });
}
