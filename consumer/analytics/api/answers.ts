import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { queryFault } from '../../query-faults.ts';
import type { Query, QueryLibrary } from '../report/library.ts';
import { type QueryValues, queryParameters } from '../report/parameters.ts';
import { type Answer, runQuery } from '../report/run.ts';
import { type Completeness, completenessOf, UNKNOWN } from './completeness.ts';
import { Flight } from './flight.ts';
import { Kept } from './kept.ts';
import { LIMITS, type QueryLimits, settingsWithin } from './limits.ts';
import { Pulse } from './pulse.ts';
import { isThere, QUERIES_AT_ONCE } from './reader.ts';
import { tooLarge } from './too-large.ts';
import { Turns } from './turns.ts';
import type { Asked } from './values.ts';
import { bytesOf } from './weight.ts';

/** ClickHouse ends a query by itself; one that takes so much longer than it may is given up. */
const GIVEN_UP_MS = 5_000;
// Shorter than the page's shortest interval: what is shown is never older than one interval. What takes long is kept
// longer, so that nobody's page keeps ClickHouse at it for more than a twentieth of the time.
const KEPT_MS = 4_000;
const KEPT_TIMES = 20;
const MOST_KEPT_MS = 60_000;
// The page's longest interval: of a period that moves, a page shows what came in at the next time at the latest.
const MOST_KEPT_MOVING_MS = 15_000;
const MOST_KEPT = 500;
const MOST_KEPT_BYTES = 64_000_000;
const MOST_WAITING = 60;
const COMPLETENESS = 'completeness';

/** ClickHouse lives, took the query and did not end it in time. */
export class SlowAnswerError extends Error {
  override readonly name = 'SlowAnswerError';
}

/** An answer, and what it is an answer to. */
export interface Told {
  readonly answer: Answer;
  /** With the period that it is of: of one that moves, that of some seconds ago. */
  readonly values: QueryValues;
  readonly completeness: Completeness;
  /** The same as long as all of this is. */
  readonly tag: string;
}

export interface AnswersDeps {
  /** Reads, and cannot write. */
  readonly client: ClickHouseClient;
  readonly library: QueryLibrary;
  /** A monotonic clock. */
  readonly nowMs: () => number;
  readonly limits?: QueryLimits;
}

interface Entry extends Told {
  readonly moving: string | undefined;
}

/**
 * Asks ClickHouse so that many open pages cost what one costs: the same question within some seconds, also while it is
 * being answered, is asked once, and few questions run at once. A period that ends now is one question for all, at
 * whatever second they ask. A question that nobody waits for any more is ended.
 */
export class Answers {
  readonly #client: ClickHouseClient;
  readonly #library: QueryLibrary;
  readonly #nowMs: () => number;
  readonly #limits: QueryLimits;
  readonly #pulse: Pulse;
  readonly #turns = new Turns({ atOnce: QUERIES_AT_ONCE, mostWaiting: MOST_WAITING });
  readonly #flights = new Map<string, Flight<Entry>>();
  readonly #kept: Kept<Entry>;
  readonly #tags = `${crypto.randomUUID().slice(0, 8)}-`;
  #told = 0;
  #settings: ClickHouseSettings | undefined;
  /** Until then it is not asked how complete the answers are: it could not be told. */
  #incompleteUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ client, library, nowMs, limits = LIMITS }: AnswersDeps) {
    this.#client = client;
    this.#library = library;
    this.#nowMs = nowMs;
    this.#limits = limits;
    this.#pulse = new Pulse({ ping: (signal) => isThere(client, signal), nowMs });
    this.#kept = new Kept({ most: MOST_KEPT, mostBytes: MOST_KEPT_BYTES, nowMs });
  }

  /** What is kept now. */
  get kept(): { readonly count: number; readonly bytes: number } {
    return { count: this.#kept.count, bytes: this.#kept.bytes };
  }

  /**
   * @param leaves fires when whoever asks wants it no more
   * @throws QueryInputError, BusyError, NoAnswerError, SlowAnswerError, TooLargeError, the signal's reason, and what the
   * client throws
   */
  async ask(query: Query, asked: Asked, leaves?: AbortSignal): Promise<Told> {
    const key = keyOf(query, asked);
    const entry = this.#kept.get(key) ?? (await this.#flight(key, query, asked).wait(leaves));
    // What does not go by the period is one answer for all of them.
    if (asked.moving !== undefined && asked.moving === entry.moving) return entry;
    const { from, to } = asked.values;
    const tag = `${entry.tag}-${from.getTime()}-${to.getTime()}`;
    return { ...entry, values: asked.values, tag };
  }

  #flight(key: string, query: Query, asked: Asked): Flight<Entry> {
    const under = this.#flights.get(key);
    if (under !== undefined && !under.isAbandoned) return under;
    const flight: Flight<Entry> = new Flight((left) =>
      this.#fly(key, query, asked, left).finally(() => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }),
    );
    this.#flights.set(key, flight);
    return flight;
  }

  async #fly(key: string, query: Query, { values, moving }: Asked, left: AbortSignal): Promise<Entry> {
    // Before the answer: what comes in between is in the answer, and need not be.
    const completeness = query.name === COMPLETENESS ? undefined : await this.#complete(values, left);
    const { answer, tookMs } = await this.#pulse.during((lost) => {
      const signal = AbortSignal.any([lost, left]);
      // Who waits for a turn is told with those who have one.
      return this.#turns.run(() => this.#run(query, values, signal), signal);
    });
    this.#told++;
    const entry = {
      answer,
      values,
      completeness: completeness ?? completenessOf(answer, values.app),
      tag: this.#tags + this.#told,
      moving,
    };
    const mostMs = moving === undefined ? MOST_KEPT_MS : MOST_KEPT_MOVING_MS;
    const forMs = Math.min(Math.max(KEPT_MS, KEPT_TIMES * tookMs), mostMs);
    this.#kept.put(key, entry, { bytes: bytesOf(answer), forMs });
    return entry;
  }

  /** Asked for all apps together: one answer, whatever is asked. */
  async #complete({ app, from, to, tz }: QueryValues, left: AbortSignal): Promise<Completeness> {
    const query = this.#library.get(COMPLETENESS);
    if (query === undefined || this.#nowMs() < this.#incompleteUntilMs) return UNKNOWN;
    try {
      const { answer } = await this.ask(query, { values: { from, to, tz } }, left);
      return completenessOf(answer, app);
    } catch (error) {
      const fault = error instanceof SlowAnswerError ? 'too-slow' : queryFault(error);
      // An answer is worth having without it.
      if (fault !== 'too-slow' && fault !== 'too-large') throw error;
      this.#incompleteUntilMs = this.#nowMs() + MOST_KEPT_MS;
      return UNKNOWN;
    }
  }

  async #run(query: Query, values: QueryValues, ends: AbortSignal) {
    ends.throwIfAborted();
    const late = AbortSignal.timeout(this.#limits.seconds * 1_000 + GIVEN_UP_MS);
    const signal = AbortSignal.any([ends, late]);
    try {
      this.#settings ??= await settingsWithin(this.#client, this.#limits, signal);
      const startMs = this.#nowMs();
      const answer = await this.#bounded(query, values, this.#settings, signal);
      return { answer, tookMs: this.#nowMs() - startMs };
    } catch (error) {
      // What the server allows may have been changed.
      this.#settings = undefined;
      if (late.aborted) throw new SlowAnswerError('the query does not end', { cause: error });
      throw error;
    }
  }

  async #bounded(
    query: Query,
    values: QueryValues,
    settings: ClickHouseSettings,
    signal: AbortSignal,
  ): Promise<Answer> {
    try {
      return await runQuery(this.#client, query, values, {
        signal,
        maxSeconds: this.#limits.seconds,
        settings,
      });
    } catch (error) {
      if (queryFault(error) !== 'too-large') throw error;
      const { rowsToRead } = this.#limits;
      throw await tooLarge(error, { client: this.#client, query, values, rowsToRead, settings, signal });
    }
  }
}

/** The same for what has the same answer at the same moment. */
function keyOf(query: Query, { values, moving }: Asked): string {
  const { from, to, ...parameters } = queryParameters(query, values);
  const takesPeriod = from !== undefined || to !== undefined;
  return JSON.stringify([query.name, parameters, takesPeriod ? (moving ?? [from, to]) : '']);
}
