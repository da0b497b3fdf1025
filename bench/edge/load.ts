import { Connection } from './connection.ts';
import type { BenchWorker } from './workers.ts';

/** How many webhooks are under way at a time at full rate. */
export const CONNECTIONS = 64;
const ACCEPTED = 202;

/** What a stretch of posting came to; latencies in milliseconds. */
export interface Stretch {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Answers other than 202. */
  readonly failures: number;
}

/** Posts webhooks to a Worker for so long. @param atATime how many are under way */
export async function postFor(worker: BenchWorker, ms: number, atATime = CONNECTIONS): Promise<Stretch> {
  const connections = await Promise.all(Array.from({ length: atATime }, () => Connection.open(worker.port)));
  const latenciesMs: number[] = [];
  let failures = 0;
  const startMs = performance.now();
  const send = async (connection: Connection) => {
    for (let atMs = startMs; atMs < startMs + ms; ) {
      const status = await connection.post(worker.path, worker.nextBody());
      const answeredMs = performance.now();
      if (status === ACCEPTED) latenciesMs.push(answeredMs - atMs);
      else failures++;
      atMs = answeredMs;
    }
  };
  await Promise.all(connections.map(send));
  const seconds = (performance.now() - startMs) / 1_000;
  for (const connection of connections) connection.close();
  return { perSecond: latenciesMs.length / seconds, latenciesMs, failures };
}

/** Posts so many webhooks, each once the one before is done with. */
export async function postOneByOne(
  worker: BenchWorker,
  count: number,
  isDoneWith: () => Promise<void>,
): Promise<void> {
  const connection = await Connection.open(worker.port);
  for (let sent = 0; sent < count; sent++) {
    await connection.post(worker.path, worker.nextBody());
    await isDoneWith();
  }
  connection.close();
}
