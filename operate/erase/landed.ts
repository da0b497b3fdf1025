import { setTimeout as sleep } from 'node:timers/promises';
import { Flight } from '../../consumer/books/audit/flight.ts';
import { askOutboxes, type WorkerAddress } from '../../consumer/books/audit/outboxes.ts';
import type { Stream } from '../../consumer/books/audit/stream.ts';

const POLL_MS = 300;

/**
 * Waits until all that was accepted so far has come through Kafka into ClickHouse, or stands in its outbox, set aside.
 * @returns whether it has; what has not is still as it was
 */
export async function haveLanded(
  worker: WorkerAddress,
  app: string,
  stream: Stream,
  waitMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + waitMs;
  let states = await askOutboxes(worker, app);
  const flight = new Flight(states);
  for (;;) {
    flight.observe(states.outboxes, await stream.ask());
    if (flight.hasLanded || performance.now() >= untilMs) return flight.hasLanded;
    await sleep(POLL_MS);
    states = await askOutboxes(worker, app);
  }
}
