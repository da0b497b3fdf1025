import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const CAP_MS = 5_000;

/**
 * How long to wait before the next try: doubling from 0.1 s, never more than 5 s, the upper half of it random so
 * that many consumers do not come back at the same moment.
 * @param attempt 0 after the first failure
 * @param random from 0 to 1
 */
export function backoffMs(attempt: number, random: number): number {
  const fullMs = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return fullMs * (0.5 + random / 2);
}

/** Waits before the next try; ends early, without throwing, when the signal is aborted. */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  await sleep(backoffMs(attempt, Math.random()), undefined, { signal }).catch(() => undefined);
}
