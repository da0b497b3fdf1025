import type { ClickHouseClient } from '@clickhouse/client';
import type { Query } from '../report/library.ts';
import { type QueryValues, queryParameters } from '../report/parameters.ts';
import { type Answer, runQuery } from '../report/run.ts';
import { Pulse } from './pulse.ts';
import { isThere, QUERIES_AT_ONCE } from './reader.ts';
import { Turns } from './turns.ts';

const MAX_SECONDS = 15;
/** ClickHouse ends a query by itself; one that takes longer than this is given up. */
const GIVEN_UP_MS = 20_000;
// Shorter than the page's shortest interval: what is shown is never older than one interval. What takes long is kept
// longer, so that nobody's page keeps ClickHouse at it for more than a twentieth of the time.
const KEPT_MS = 4_000;
const KEPT_TIMES = 20;
const MOST_KEPT_MS = 60_000;
const MOST_KEPT = 200;
const MOST_WAITING = 60;

/** ClickHouse lives, took the query and did not end it in time. */
export class SlowAnswerError extends Error {
  override readonly name = 'SlowAnswerError';
}

interface Kept {
  readonly answer: Promise<Answer>;
  /** Infinity while it is being answered. */
  untilMs: number;
}

/**
 * Asks ClickHouse so that many open pages cost what one costs: the same question within some seconds, also while it is
 * being answered, is asked once, and few questions run at once.
 */
export class Answers {
  readonly #client: ClickHouseClient;
  readonly #nowMs: () => number;
  readonly #pulse: Pulse;
  readonly #turns = new Turns({ atOnce: QUERIES_AT_ONCE, mostWaiting: MOST_WAITING });
  readonly #kept = new Map<string, Kept>();

  /** @param nowMs a monotonic clock */
  constructor(client: ClickHouseClient, nowMs: () => number) {
    this.#client = client;
    this.#nowMs = nowMs;
    this.#pulse = new Pulse({ ping: (signal) => isThere(client, signal), nowMs });
  }

  /** @throws QueryInputError, BusyError, NoAnswerError, SlowAnswerError, and what the client throws */
  async ask(query: Query, values: QueryValues): Promise<Answer> {
    const key = JSON.stringify([query.name, queryParameters(query, values)]);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#nowMs()) return kept.answer;
    const entry: Kept = {
      // Who waits for a turn is told with those who have one.
      answer: this.#pulse.during((lost) => this.#turns.run(() => this.#run(query, values, lost))),
      untilMs: Number.POSITIVE_INFINITY,
    };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    this.#dropOldest();
    return this.#settled(key, entry);
  }

  async #settled(key: string, entry: Kept): Promise<Answer> {
    const startMs = this.#nowMs();
    try {
      return await entry.answer;
    } catch (error) {
      // A failure is not kept: the next who asks may have more luck.
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
      throw error;
    } finally {
      const nowMs = this.#nowMs();
      entry.untilMs = nowMs + Math.min(Math.max(KEPT_MS, KEPT_TIMES * (nowMs - startMs)), MOST_KEPT_MS);
    }
  }

  #dropOldest(): void {
    for (const [oldest, { untilMs }] of this.#kept) {
      if (untilMs > this.#nowMs() && this.#kept.size <= MOST_KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  async #run(query: Query, values: QueryValues, lost: AbortSignal): Promise<Answer> {
    lost.throwIfAborted();
    const late = AbortSignal.timeout(GIVEN_UP_MS);
    const signal = AbortSignal.any([lost, late]);
    try {
      return await runQuery(this.#client, query, values, { signal, maxSeconds: MAX_SECONDS });
    } catch (error) {
      if (late.aborted) throw new SlowAnswerError('the query does not end', { cause: error });
      throw error;
    }
  }
}
