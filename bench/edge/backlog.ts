import { usageOf, usedSince } from '../usage.ts';
import { summaryOf } from './lasting.ts';
import { postFor } from './load.ts';
import { type BenchWorker, outboxTotals } from './workers.ts';

/** What a webhook costs while so many events wait for Kafka. */
export interface Cost {
  readonly pending: number;
  readonly per_second: number;
  readonly slowest_ms: number;
  /** Of workerd. */
  readonly cpu_us_per_event: number;
  readonly status_ms: number;
}

/** How a backlog went out, and how those fared who posted meanwhile. */
export interface Drain {
  readonly events: number;
  readonly events_per_second: number;
  readonly slowest_ms: number;
  readonly slowest_status_ms: number;
}

const SLICE_MS = 1_000;
/** Webhooks come in while it drains, and not so many that it never ends. */
const AT_A_TIME_MEANWHILE = 2;
const MOST_LEFT = 500;
/** Of a smaller backlog, this share. */
const LEFT_SHARE = 0.05;

/** Posts until so many wait, while Kafka cannot be reached, and then measures a turn. */
export async function costWith(
  worker: BenchWorker,
  pending: number,
  turnMs: number,
  show: (pending: number) => void,
): Promise<Cost> {
  let now = await outboxTotals(worker);
  while (now.pending < pending) {
    await postFor(worker, SLICE_MS);
    now = await outboxTotals(worker);
    show(now.pending);
  }
  const before = usageOf(worker.child);
  const stretch = await postFor(worker, turnMs);
  const { cpuMs } = usedSince(before, usageOf(worker.child));
  return {
    pending: now.pending,
    ...summaryOf(stretch),
    cpu_us_per_event: Math.round((cpuMs * 1_000) / stretch.latenciesMs.length),
    status_ms: Math.round(now.tookMs),
  };
}

/** Settles when no more wait than come in meanwhile. @param show is told how many of how many still wait */
export async function drained(worker: BenchWorker, show: (left: number, of: number) => void): Promise<Drain> {
  const { pending: events } = await outboxTotals(worker);
  const startMs = performance.now();
  const slowest = { answerMs: 0, statusMs: 0 };
  for (let left = events; left > Math.min(MOST_LEFT, events * LEFT_SHARE); ) {
    const { slowest_ms } = summaryOf(await postFor(worker, SLICE_MS, AT_A_TIME_MEANWHILE));
    const { pending, tookMs } = await outboxTotals(worker);
    slowest.answerMs = Math.max(slowest.answerMs, slowest_ms);
    slowest.statusMs = Math.max(slowest.statusMs, tookMs);
    left = pending;
    show(left, events);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  return {
    events,
    events_per_second: Math.round(events / seconds),
    slowest_ms: slowest.answerMs,
    slowest_status_ms: Math.round(slowest.statusMs),
  };
}
