import { setTimeout } from 'node:timers/promises';
import { backoffMs } from '../publish/backoff.ts';

/** How often an object is asked, and after how long it is not asked again. */
export const RETRIES = { attempts: 3, deadlineMs: 5_000 };

/**
 * Whether a Durable Object that did not answer may be asked again. Storing is safe to repeat, the id is the same; but
 * one that has too much to do is only kept from doing it.
 * @param error what the call threw; the platform marks it (developers.cloudflare.com, Durable Objects, "Error handling")
 * @param elapsedMs since it was first asked
 */
export function mayAskAgain(error: unknown, elapsedMs: number): boolean {
  if (elapsedMs >= RETRIES.deadlineMs) return false;
  if (isMarked(error, 'overloaded')) return false;
  // What the object's own code threw, it would throw again; a reset, or a lost connection, is over soon.
  const isOwnFault = isMarked(error, 'remote') && !isMarked(error, 'durableObjectReset');
  return isMarked(error, 'retryable') || !isOwnFault;
}

/** Waits a little before the nth attempt, by chance longer or shorter: what failed together does not come back so. */
export async function pauseBefore(attempt: number): Promise<void> {
  await setTimeout(backoffMs(attempt - 1, Math.random()) / 2);
}

function isMarked(error: unknown, mark: string): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, mark) === true;
}
