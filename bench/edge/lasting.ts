import { readFileSync } from 'node:fs';
import { postFor, type Stretch } from './load.ts';
import { allPublished, type BenchWorker, outboxTotals } from './workers.ts';

/** What a stretch of lasting load came to; times in milliseconds. */
export interface Sample {
  readonly seconds: number;
  readonly per_second: number;
  readonly slowest_ms: number;
  /** Of `GET /status`. */
  readonly status_ms: number;
  /** Accepted and not acknowledged by Kafka, at the end of the stretch. */
  readonly pending: number;
  /** Of workerd, resident, then. */
  readonly memory_mb: number;
}

const KB_PER_MB = 1_024;

/** Posts at full rate for a long time, in stretches, while Kafka takes what is published. */
export async function lastingLoad(
  worker: BenchWorker,
  { stretches, stretchMs }: { readonly stretches: number; readonly stretchMs: number },
  show: (done: number) => void,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let done = 1; done <= stretches; done++) {
    const [stretch, status_ms] = await Promise.all([
      postFor(worker, stretchMs),
      outboxTotals(worker).then(({ tookMs }) => Math.round(tookMs)),
    ]);
    const { pending } = await outboxTotals(worker);
    const seconds = (done * stretchMs) / 1_000;
    samples.push({ seconds, ...summaryOf(stretch), status_ms, pending, memory_mb: memoryMb(worker) });
    show(done);
  }
  await allPublished(worker);
  return samples;
}

/** Its rate and its slowest answer. */
export function summaryOf({ perSecond, latenciesMs }: Stretch) {
  const slowestMs = latenciesMs.reduce((most, each) => Math.max(most, each), 0);
  return { per_second: Math.round(perSecond), slowest_ms: Math.round(slowestMs) };
}

function memoryMb({ child }: BenchWorker): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / KB_PER_MB);
}
