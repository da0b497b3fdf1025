import type { ClickHouseClient } from '@clickhouse/client';
import { Counter, Gauge, type Registry } from 'prom-client';
import { rowsOf } from '../persist/clickhouse.ts';
import { DRIFTS } from '../stream/drift/drift.ts';
import { look } from '../stream/drift/look.ts';
import { restMs } from './pace.ts';

const DAY_MS = 86_400_000;
/** Of a kind and hour, by the way; npm run drift looks at more. */
const MOST_EVENTS = 500;
const SERVER_LIMITS = {
  max_execution_time: 15,
  cancel_http_readonly_queries_on_client_close: 1,
} as const;

const COUNTS = `SELECT drift, count() AS fields FROM payload_drift AS found
  WHERE found.since > now() - INTERVAL 7 DAY GROUP BY drift`;

export type DriftGauges = ReturnType<typeof createDriftGauges>;

/** The metrics of what the vendor has changed; each count is there from the start. */
export function createDriftGauges(registry: Registry) {
  const registers = [registry];
  const gauges = {
    drift: new Gauge({
      name: 'qiscus_payload_drift',
      help: 'Fields of payloads that are not as they were, and problems of unrecognized ones, which began in the last seven days; npm run drift names them',
      labelNames: ['drift'] as const,
      registers,
    }),
    lookedAt: new Gauge({
      name: 'qiscus_payload_drift_timestamp_seconds',
      help: 'When payloads were looked at last, seconds since 1970, 0 for never',
      registers,
    }),
    failures: new Counter({
      name: 'qiscus_payload_drift_failures_total',
      help: 'Looks at payloads that failed or were ended by their limits',
      registers,
    }),
  };
  for (const drift of DRIFTS) gauges.drift.set({ drift }, 0);
  return gauges;
}

/** What the vendor has changed in its payloads within a week, as metrics: looked for once a minute, beside everything else. */
export class DriftMetrics {
  readonly #client: ClickHouseClient;
  readonly #nowMs: () => number;
  readonly #gauges: DriftGauges;
  #looking: Promise<void> | undefined;
  #dueMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  /** @param nowMs a monotonic clock */
  constructor(client: ClickHouseClient, registry: Registry, nowMs: () => number = () => performance.now()) {
    this.#client = client;
    this.#nowMs = nowMs;
    this.#gauges = createDriftGauges(registry);
  }

  /** To be called at each scrape; what it finds shows at the next one. Never waits, never throws. */
  refresh(): void {
    if (this.#looking !== undefined || this.#nowMs() < this.#dueMs) return;
    this.#looking = this.#run().finally(() => {
      this.#looking = undefined;
    });
  }

  /** Ends when no look is under way. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  async #run(): Promise<void> {
    const startedMs = this.#nowMs();
    try {
      const options = { firstMs: DAY_MS, most: MOST_EVENTS, nowMs: Date.now(), limits: SERVER_LIMITS };
      await look(this.#client, options);
      const counts = await rowsOf<{ drift: string; fields: number }>(this.#client, COUNTS, {}, SERVER_LIMITS);
      for (const drift of DRIFTS) {
        this.#gauges.drift.set({ drift }, counts.find((each) => each.drift === drift)?.fields ?? 0);
      }
      this.#gauges.lookedAt.setToCurrentTime();
      this.#failures = 0;
    } catch {
      this.#failures++;
      this.#gauges.failures.inc();
    }
    const tookMs = this.#nowMs() - startedMs;
    this.#dueMs = this.#nowMs() + restMs({ tookMs, failures: this.#failures });
  }
}
