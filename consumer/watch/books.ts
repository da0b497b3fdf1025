import type { ClickHouseClient } from '@clickhouse/client';
import type { Registry } from 'prom-client';
import type { Accepted } from '../books/foreign/find.ts';
import { markForeign } from '../books/foreign/mark.ts';
import { keepBooks } from '../books/pages/keep.ts';
import { type BooksGauges, createBooksGauges } from './books-gauges.ts';
import { restMs } from './pace.ts';

/** A scrape waits so long for the first reading; a later one shows what was read last. */
const SCRAPE_WAIT_MS = 2_000;
/**
 * The server ends a query by itself: one whose client has gone would go on, and the next come on top of it. How much
 * memory it may take is the server's own to say: a setting above what it allows would be refused, and nothing read.
 */
const SERVER_LIMITS = {
  max_execution_time: 15,
  cancel_http_readonly_queries_on_client_close: 1,
} as const;
const QUERY_TIMEOUT_MS = 18_000;

const AUDIT = `SELECT app_id, outbox, kind, expected, missing, unexpected, counted_twice FROM audit`;
const COMPLETENESS = `SELECT app_id, toFloat64(ifNull(complete_until, 0)) AS seconds FROM completeness`;
const FOREIGN = `SELECT splitByChar('/', toString(outbox))[1] AS app_id, count() AS places
  FROM foreign_places FINAL WHERE is_foreign GROUP BY app_id`;
const DEAD_LETTERS = `SELECT countIf(is_open) AS open, countIf(is_dismissed) AS dismissed FROM dead_letters`;

interface Entry {
  readonly app_id: string;
  readonly outbox: string;
  readonly kind: string;
  readonly expected: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly counted_twice: number;
}

interface Books {
  readonly entries: readonly Entry[];
  readonly complete: readonly { readonly app_id: string; readonly seconds: number }[];
  readonly foreign: readonly { readonly app_id: string; readonly places: number }[];
  readonly letters: { readonly open: number; readonly dismissed: number };
}

export interface BooksOptions {
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
  /** How much the outboxes have accepted. Without it, nothing is known to be foreign but what the audit has found. */
  readonly askAccepted?: (() => Promise<Accepted>) | undefined;
}

/** The counters of the views `audit` and `completeness` as metrics, so that an alert can stand on them. */
export class BooksMetrics {
  readonly #client: ClickHouseClient;
  readonly #gauges: BooksGauges;
  readonly #nowMs: () => number;
  readonly #askAccepted: BooksOptions['askAccepted'];
  /** Never two at a time: of a server that is slow already, each scrape would make it slower. */
  #reading: Promise<void> | undefined;
  #dueMs = -Infinity;
  #failures = 0;
  #hasRead = false;

  constructor(client: ClickHouseClient, registry: Registry, options: BooksOptions = {}) {
    const { nowMs = () => performance.now(), askAccepted } = options;
    this.#client = client;
    this.#gauges = createBooksGauges(registry);
    this.#nowMs = nowMs;
    this.#askAccepted = askAccepted;
  }

  /** To be called at each scrape. Never throws, and never waits long: without ClickHouse the last reading stays. */
  async refresh(): Promise<void> {
    if (this.#reading === undefined && this.#nowMs() >= this.#dueMs) {
      this.#reading = this.#run().finally(() => {
        this.#reading = undefined;
      });
    }
    if (this.#hasRead || this.#reading === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SCRAPE_WAIT_MS);
    });
    await Promise.race([this.#reading, enough]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const startedMs = this.#nowMs();
    try {
      this.#show(await this.#read());
      this.#hasRead = true;
      this.#failures = 0;
    } catch {
      // What was read last stays, and so does its time.
      this.#failures++;
      this.#gauges.failures.inc();
    }
    const tookMs = this.#nowMs() - startedMs;
    this.#gauges.took.set(tookMs / 1_000);
    this.#dueMs = this.#nowMs() + restMs({ tookMs, failures: this.#failures });
  }

  async #read(): Promise<Books> {
    // Not sealed, the books only cost more: they are read all the same.
    const isKept = await keepBooks(this.#client, { limits: SERVER_LIMITS }).then(
      () => true,
      () => false,
    );
    if (this.#askAccepted !== undefined) await markForeign(this.#client, this.#askAccepted, SERVER_LIMITS);
    const entries = await this.#rows<Entry>(AUDIT);
    const complete = await this.#rows<Books['complete'][number]>(COMPLETENESS);
    const foreign = await this.#rows<Books['foreign'][number]>(FOREIGN);
    const [letters = { open: 0, dismissed: 0 }] = await this.#rows<Books['letters']>(DEAD_LETTERS);
    if (!isKept) this.#gauges.failures.inc();
    return { entries, complete, foreign, letters };
  }

  #show({ entries, complete, foreign, letters }: Books): void {
    const { missing, unexpected, countedTwice, completeUntil, lastSequence, events } = this.#gauges;
    for (const gauge of [missing, unexpected, countedTwice, completeUntil, lastSequence, events])
      gauge.reset();
    this.#gauges.foreign.reset();
    for (const entry of entries) {
      const app = entry.app_id;
      const whole = entry.kind === '*';
      missing.inc({ app, from: whole ? 'events' : 'table' }, entry.missing);
      unexpected.inc({ app }, entry.unexpected);
      countedTwice.inc({ app }, entry.counted_twice);
      if (whole) lastSequence.set({ outbox: entry.outbox }, entry.expected);
      else events.inc({ app, kind: entry.kind }, entry.expected);
    }
    for (const { app_id, places } of foreign) this.#gauges.foreign.set({ app: app_id }, places);
    for (const { app_id, seconds } of complete) completeUntil.set({ app: app_id }, seconds);
    this.#gauges.openDeadLetters.set(letters.open);
    this.#gauges.dismissedDeadLetters.set(letters.dismissed);
    this.#gauges.readAt.setToCurrentTime();
  }

  async #rows<Row>(query: string): Promise<Row[]> {
    const result = await this.#client.query({
      query,
      format: 'JSONEachRow',
      abort_signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
      clickhouse_settings: { ...SERVER_LIMITS, output_format_json_quote_64bit_integers: 0 },
    });
    return result.json<Row>();
  }
}
