import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { describeFault } from '../../persist/faults.ts';
import { monthText } from './months.ts';
import { type KeepDays, type Retention, retain } from './retain.ts';
import { EVENTS, MESSAGES } from './retained.ts';
import { WHAT_TO_DO } from './troubles.ts';

const EVERY_MS = 3_600_000;
/** Until it is known whose turn it is: the group is joined seconds after the start. */
const LOOK_MS = 1_000;
/** Of what holds a month, so many are logged. */
const MOST_TOLD = 20;

export interface RetainerDeps {
  readonly client: ClickHouseClient;
  readonly log: Logger;
  readonly registry: Registry;
  readonly keep: KeepDays;
  /** How often it is looked for what is old enough, milliseconds. */
  readonly everyMs?: number;
}

/** Drops what is older than it is to be kept, at the start and every hour, beside everything else. */
export class Retainer {
  /** Whether it is this consumer's to do: one of a group is enough, though two do no harm. */
  isOurs = false;
  readonly #deps: RetainerDeps;
  readonly #stopping = new AbortController();
  readonly #metrics: ReturnType<typeof createRetainerMetrics>;
  #running: Promise<void> | undefined;

  constructor(deps: RetainerDeps) {
    this.#deps = deps;
    this.#metrics = createRetainerMetrics(deps.registry);
  }

  start(): void {
    const { EVENTS_KEEP_DAYS, MESSAGES_KEEP_DAYS } = this.#deps.keep;
    if (EVENTS_KEEP_DAYS === undefined && MESSAGES_KEEP_DAYS === undefined) return;
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Ends when no run is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { everyMs = EVERY_MS } = this.#deps;
    let dueMs = -Infinity;
    while (!signal.aborted) {
      if (!this.isOurs) {
        // Another one tells what it holds.
        for (const { view } of [EVENTS, MESSAGES]) this.#metrics.held.set({ table: view }, 0);
        dueMs = -Infinity;
      } else if (performance.now() >= dueMs) {
        await this.#retain(signal);
        dueMs = performance.now() + everyMs;
      }
      await sleep(Math.min(LOOK_MS, everyMs), undefined, { signal }).catch(() => undefined);
    }
  }

  async #retain(signal: AbortSignal): Promise<void> {
    const { client, keep, log } = this.#deps;
    try {
      for (const each of await retain(client, keep, { nowMs: Date.now(), signal })) this.#tell(each);
      this.#metrics.ranAt.setToCurrentTime();
    } catch (error) {
      if (signal.aborted) return;
      this.#metrics.failures.inc();
      const { code, hint } = describeFault(error);
      log.warn({ code, hint }, 'what is old enough cannot be dropped for now: it is tried again in an hour');
    }
  }

  #tell({ retained: { view, setting }, dropped, troubles }: Retention): void {
    const { log } = this.#deps;
    const held = Map.groupBy(troubles, ({ month }) => month);
    this.#metrics.dropped.inc({ table: view }, dropped.length);
    this.#metrics.held.set({ table: view }, held.size);
    for (const month of dropped) log.info({ table: view, month: monthText(month), setting }, 'dropped');
    for (const [month, each] of held) {
      const todo = [...new Set(each.map(({ what }) => `${what}: ${WHAT_TO_DO[what]}`))];
      const books = each.slice(0, MOST_TOLD).map(({ outbox, kind, what }) => ({ outbox, kind, what }));
      log.warn(
        { table: view, month: monthText(month), setting, books, todo },
        'old enough, and kept all the same: its books are not balanced',
      );
    }
  }
}

/** The retainer's metrics; each is there from the start. */
function createRetainerMetrics(registry: Registry) {
  const registers = [registry];
  const metrics = {
    dropped: new Counter({
      name: 'qiscus_retention_dropped_partitions_total',
      help: 'Months that were dropped since they are older than they are to be kept',
      labelNames: ['table'] as const,
      registers,
    }),
    held: new Gauge({
      name: 'qiscus_retention_held_partitions',
      help: 'Months that are old enough to be dropped and are kept, since their books are not balanced; the log says why',
      labelNames: ['table'] as const,
      registers,
    }),
    ranAt: new Gauge({
      name: 'qiscus_retention_timestamp_seconds',
      help: 'When this consumer looked last for what is old enough, seconds since 1970, 0 for never',
      registers,
    }),
    failures: new Counter({
      name: 'qiscus_retention_failures_total',
      help: 'Looks for what is old enough that failed; nothing is lost by it',
      registers,
    }),
  };
  for (const { view } of [EVENTS, MESSAGES]) {
    metrics.dropped.inc({ table: view }, 0);
    metrics.held.set({ table: view }, 0);
  }
  return metrics;
}
