const EVERY_MS = 60_000;
/** It is away from work for at least so many times as long as it works: a twenty-first of the time at most. */
const REST = 20;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 900_000;

/** How the last run of something costly went. */
export interface LastRun {
  readonly tookMs: number;
  /** Runs that failed since one went well, this one included. */
  readonly failures: number;
}

/**
 * How long to wait before the next run: a minute, or longer after a long run, so that a server which is slow already
 * is not kept busy by being asked; after failures sooner at first, then later and later.
 * @returns milliseconds
 */
export function restMs({ tookMs, failures }: LastRun): number {
  const regular =
    failures === 0 ? EVERY_MS : Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
  return Math.max(regular, REST * tookMs);
}
