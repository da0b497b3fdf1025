import type { ClickHouseClient } from '@clickhouse/client';
import { Gauge, type Registry } from 'prom-client';

/** The books cost about a second at ten million events: they are read so often and no more, whoever scrapes. */
const EVERY_MS = 60_000;
/** A scrape waits so long for the first reading; a later one shows what was read last. */
const SCRAPE_WAIT_MS = 2_000;
const QUERY_TIMEOUT_MS = 30_000;

const AUDIT = `SELECT app_id, outbox, kind, expected, missing, unexpected FROM audit`;
const COMPLETENESS = `SELECT app_id, toFloat64(ifNull(complete_until, 0)) AS seconds FROM completeness`;
const DEAD_LETTERS = `SELECT count() AS open FROM dead_letters WHERE is_open`;

interface Entry {
  readonly app_id: string;
  readonly outbox: string;
  readonly kind: string;
  readonly expected: number;
  readonly missing: number;
  readonly unexpected: number;
}

/** The counters of the views `audit` and `completeness` as metrics, so that an alert can stand on them. */
export class BooksMetrics {
  readonly #client: ClickHouseClient;
  readonly #gauges: ReturnType<typeof createGauges>;
  #startedMs = -Infinity;
  #reading: Promise<void> = Promise.resolve();
  #hasRead = false;

  constructor(client: ClickHouseClient, registry: Registry) {
    this.#client = client;
    this.#gauges = createGauges(registry);
  }

  /** To be called at each scrape. Never throws, and never waits long: without ClickHouse the last reading stays. */
  async refresh(): Promise<void> {
    if (performance.now() >= this.#startedMs + EVERY_MS) {
      this.#startedMs = performance.now();
      this.#reading = this.#read().catch(() => {
        // Its age is told by the timestamp; the next scrape tries again.
        this.#startedMs = -Infinity;
      });
    }
    if (this.#hasRead) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SCRAPE_WAIT_MS);
    });
    await Promise.race([this.#reading, enough]);
    clearTimeout(timer);
  }

  async #read(): Promise<void> {
    const entries = await this.#rows<Entry>(AUDIT);
    const complete = await this.#rows<{ app_id: string; seconds: number }>(COMPLETENESS);
    const [dead] = await this.#rows<{ open: number }>(DEAD_LETTERS);
    const { missing, unexpected, completeUntil, openDeadLetters, lastSequence, events, readAt } =
      this.#gauges;
    for (const gauge of [missing, unexpected, completeUntil, lastSequence, events]) gauge.reset();
    for (const entry of entries) {
      const app = entry.app_id;
      const whole = entry.kind === '*';
      missing.inc({ app, from: whole ? 'events' : 'table' }, entry.missing);
      unexpected.inc({ app }, entry.unexpected);
      if (whole) lastSequence.set({ outbox: entry.outbox }, entry.expected);
      else events.inc({ app, kind: entry.kind }, entry.expected);
    }
    for (const { app_id, seconds } of complete) completeUntil.set({ app: app_id }, seconds);
    openDeadLetters.set(dead?.open ?? 0);
    readAt.setToCurrentTime();
    this.#hasRead = true;
  }

  async #rows<Row>(query: string): Promise<Row[]> {
    const result = await this.#client.query({
      query,
      format: 'JSONEachRow',
      abort_signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    return result.json<Row>();
  }
}

function createGauges(registry: Registry) {
  const registers = [registry];
  return {
    missing: new Gauge({
      name: 'qiscus_audit_missing_events',
      help: 'Events that the view audit misses, from events (sequence numbers) or from the table of their kind; in flight for a moment, lost if it stays',
      labelNames: ['app', 'from'] as const,
      registers,
    }),
    unexpected: new Gauge({
      name: 'qiscus_audit_unexpected_events',
      help: 'Events that share a sequence number, and rows without an event, by the view audit',
      labelNames: ['app'] as const,
      registers,
    }),
    completeUntil: new Gauge({
      name: 'qiscus_complete_until_timestamp_seconds',
      help: 'Every event of the app received before it is there, seconds since 1970; 0 when the very first is missing',
      labelNames: ['app'] as const,
      registers,
    }),
    openDeadLetters: new Gauge({
      name: 'qiscus_open_dead_letters',
      help: 'Dead letters that are open',
      registers,
    }),
    lastSequence: new Gauge({
      name: 'qiscus_outbox_last_sequence',
      help: 'The highest sequence number of the outbox that has arrived',
      labelNames: ['outbox'] as const,
      registers,
    }),
    events: new Gauge({
      name: 'qiscus_events',
      help: 'Events that stand in events, by kind',
      labelNames: ['app', 'kind'] as const,
      registers,
    }),
    readAt: new Gauge({
      name: 'qiscus_audit_timestamp_seconds',
      help: 'When these were read from ClickHouse, seconds since 1970; at most a minute old unless ClickHouse is away',
      registers,
    }),
  };
}
