import { type } from 'arktype';
import type { Registry } from 'prom-client';
import type { WorkerAddress } from '../books/audit/outboxes.ts';
import { atMostEvery } from './at-most-every.ts';
import { createWorkerGauges } from './worker-gauges.ts';

/** A scrape waits so long for the Worker's answer. */
const TIMEOUT_MS = 2_000;
/** Each answer asks every outbox: scrapes within this time share one. */
const FRESH_MS = 5_000;

const outbox = type({
  outbox: 'string',
  accepted: { '[string]': 'number' },
  published: 'number',
  pending: 'number',
  oldest_age_ms: 'number',
  set_aside_total: 'number',
  duplicates: 'number',
  database_bytes: 'number',
  max_database_bytes: 'number',
});
const status = type({
  outboxes: outbox.or({ outbox: 'string', unavailable: 'true' }).array(),
  refused: type({ '[string]': { '[string]': 'number' } }).or('null'),
});

/** The Worker's own numbers as metrics: it is asked at `/status`, since nothing can scrape an edge. */
export class WorkerMetrics {
  /** To be called at each scrape. Never throws: without an answer the last one stays, and `qiscus_worker_up` is 0. */
  readonly refresh: () => Promise<void>;
  readonly #address: WorkerAddress;
  readonly #gauges: ReturnType<typeof createWorkerGauges>;

  /** @param nowMs a clock that only goes forward */
  constructor(address: WorkerAddress, registry: Registry, nowMs: () => number = () => performance.now()) {
    this.#address = address;
    this.#gauges = createWorkerGauges(registry);
    this.refresh = atMostEvery(FRESH_MS, () => this.#ask(), nowMs);
  }

  async #ask(): Promise<void> {
    const answer = await this.#answer();
    this.#gauges.up.set(answer === undefined ? 0 : 1);
    if (answer !== undefined) this.#show(answer);
  }

  async #answer(): Promise<typeof status.infer | undefined> {
    const { WORKER_URL, ADMIN_TOKEN } = this.#address;
    try {
      const response = await fetch(new URL('/status', WORKER_URL), {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const read = status(await response.json());
      return read instanceof type.errors ? undefined : read;
    } catch {
      return undefined;
    }
  }

  #show({ outboxes, refused }: typeof status.infer): void {
    const { up: _, ...shown } = this.#gauges;
    for (const gauge of Object.values(shown)) gauge.reset();
    const spoke = outboxes.filter((each) => 'pending' in each);
    this.#gauges.silent.set(outboxes.length - spoke.length);
    for (const each of spoke) this.#showOutbox(each);
    for (const [app, reasons] of Object.entries(refused ?? {})) {
      for (const [reason, count] of Object.entries(reasons)) this.#gauges.refused.set({ app, reason }, count);
    }
  }

  #showOutbox(state: typeof outbox.infer): void {
    const { accepted, published, pending, oldest, setAside, duplicates } = this.#gauges;
    const { databaseBytes, maxDatabaseBytes } = this.#gauges;
    const label = { outbox: state.outbox };
    for (const [kind, count] of Object.entries(state.accepted)) accepted.set({ ...label, kind }, count);
    published.set(label, state.published);
    pending.set(label, state.pending);
    // What the broker refuses is told by itself: it would be the oldest for ever.
    oldest.set(label, state.pending > state.set_aside_total ? state.oldest_age_ms / 1_000 : 0);
    setAside.set(label, state.set_aside_total);
    duplicates.set(label, state.duplicates);
    databaseBytes.set(label, state.database_bytes);
    maxDatabaseBytes.set(label, state.max_database_bytes);
  }
}
