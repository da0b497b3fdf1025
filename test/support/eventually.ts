import { type WaitOptions, waitFor } from '../../local/wait.ts';

/**
 * Waits for a condition: until `check`, which may hold `expect` calls, neither throws nor gives `false`. What it
 * gives is returned; after `timeoutMs` (30 s), the last thing it threw is.
 */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { timeoutMs = 30_000, ...options }: Partial<WaitOptions> = {},
): Promise<T> {
  let last: unknown;
  const remembering = async () => {
    try {
      return await check();
    } catch (fault) {
      last = fault;
      throw fault;
    }
  };
  return waitFor(remembering, { timeoutMs, ...options }).catch((timeout) => {
    throw last ?? timeout;
  });
}
