/**
 * Runs something no sooner than so long after it ended last, and never twice at a time: who asks meanwhile shares the
 * run that there is.
 * @param nowMs a clock that only goes forward
 */
export function atMostEvery(ms: number, run: () => Promise<void>, nowMs: () => number): () => Promise<void> {
  let endedMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  return () => {
    if (running !== undefined) return running;
    if (nowMs() < endedMs + ms) return Promise.resolve();
    running = run().finally(() => {
      endedMs = nowMs();
      running = undefined;
    });
    return running;
  };
}
