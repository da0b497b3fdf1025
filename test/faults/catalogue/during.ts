import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../../local/wait.ts';
import type { Sender } from '../sender.ts';
import type { Trap } from '../trap.ts';

const CATCH_BOUND_MS = 30_000;

/** Does something at the moment that a trap catches, and lets go what it held. @throws when nothing comes by */
export async function at<T>(trap: Trap<T>, act: () => Promise<void> | void): Promise<void> {
  const late = new AbortController();
  try {
    await Promise.race([
      trap.caught,
      pause(CATCH_BOUND_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error('the moment did not come');
      }),
    ]);
    await act();
  } finally {
    late.abort();
    trap.release();
  }
}

/** Waits until so many more events were acknowledged. */
export async function acknowledge(sender: Sender, count: number): Promise<void> {
  const goal = sender.acknowledged.size + count;
  await waitFor(() => sender.acknowledged.size >= goal, { timeoutMs: CATCH_BOUND_MS });
}
