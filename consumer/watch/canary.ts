import type { ClickHouseClient } from '@clickhouse/client';
import { Gauge, type Registry } from 'prom-client';
import { CANARIES_TABLE } from '../persist/tables.ts';
import { atMostEvery } from './at-most-every.ts';

/** A scrape waits so long for ClickHouse's answer, and scrapes within so long share one. */
const TIMEOUT_MS = 2_000;
const FRESH_MS = 5_000;
/** One from the future, by a wrong clock or a stranger's hand, would be young for as long. */
const NEWEST = `
  SELECT toUnixTimestamp64Milli(max(received_at)) AS ms
  FROM ${CANARIES_TABLE}
  WHERE received_at <= now64(3) + INTERVAL 10 SECOND`;

/** How old the newest canary is that stands in ClickHouse: every consumer tells the same, whoever stored it. */
export class CanaryMetrics {
  /** To be called at each scrape. Never throws: without an answer, the newest canary that is known grows older. */
  readonly refresh: () => Promise<void>;
  readonly #client: ClickHouseClient;
  #newestMs = Number.NEGATIVE_INFINITY;

  constructor(client: ClickHouseClient, registry: Registry) {
    this.#client = client;
    this.refresh = atMostEvery(
      FRESH_MS,
      () => this.#read(),
      () => performance.now(),
    );
    const age = () => Math.max(0, Date.now() - this.#newestMs) / 1_000;
    new Gauge({
      name: 'qiscus_canary_age_seconds',
      help: 'Time since the Worker sent the newest canary that is known to stand in ClickHouse; +Inf where none is',
      registers: [registry],
      collect() {
        this.set(age());
      },
    });
  }

  async #read(): Promise<void> {
    try {
      const result = await this.#client.query({
        query: NEWEST,
        format: 'JSONEachRow',
        abort_signal: AbortSignal.timeout(TIMEOUT_MS),
        clickhouse_settings: { max_execution_time: 2, output_format_json_quote_64bit_integers: 0 },
      });
      const [row] = await result.json<{ ms: number }>();
      // Of an empty table, the maximum is 1970.
      if (row !== undefined && row.ms > 0) this.#newestMs = row.ms;
    } catch {
      // Silence shows as age.
    }
  }
}
