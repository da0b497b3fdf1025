import { setTimeout as pause } from 'node:timers/promises';

/** What wrangler.toml's crons ask for. */
const MINUTE_MS = 60_000;
const RETRY_MS = 1_000;
const TIMEOUT_MS = 30_000;

/**
 * workerd has no cron: this stands beside the Worker in the same workerd, on a port that nobody is told, and has its
 * `scheduled` handler run, as the platform does, whenever it is asked. It answers how the run ended.
 */
export const CLOCK_SCRIPT = `export default {
  async fetch(request, { WORKER }) {
    return Response.json(await WORKER.scheduled({ scheduledTime: new Date(), cron: '* * * * *' }));
  },
};
`;

/** Has the Worker's `scheduled` handler run once. @throws where it does not answer, or the handler throws */
export async function tick(clockPort: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${clockPort}/`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { outcome } = (await response.json()) as { outcome?: unknown };
  if (outcome !== 'ok') throw new Error('the scheduled handler ended with an error');
}

/** Has it run once the Worker is up, and then every minute until it ends. */
export async function tickWhile(ended: Promise<unknown>, clockPort: number): Promise<void> {
  const over = new AbortController();
  void ended.then(() => over.abort());
  const { signal } = over;
  while (!signal.aborted) {
    const isDone = await tick(clockPort).then(
      () => true,
      () => false,
    );
    await pause(isDone ? MINUTE_MS : RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
