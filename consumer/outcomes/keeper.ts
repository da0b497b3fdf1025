import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { describeFault } from '../persist/faults.ts';
import { closeRound, keepRound, type Round } from './keep.ts';

const SHORTEST_REST_MS = 1_000;
/** While nothing arrives. */
const IDLE_REST_MS = 5_000;
/** So many times as long as it works: the inserts come first, and answers are right however far it is. */
const REST = 9;
const LONGEST_REST_MS = 60_000;

export interface KeeperDeps {
  readonly client: ClickHouseClient;
  readonly log: Logger;
  readonly registry: Registry;
}

/** Keeps, round by round, what becomes of sessions and resolutions, beside everything else. */
export class Keeper {
  /** Whether it is this consumer's to do: one of a group is enough, though two do no harm. */
  isOurs = false;
  readonly #deps: KeeperDeps;
  readonly #stopping = new AbortController();
  readonly #metrics: ReturnType<typeof createKeeperMetrics>;
  #running: Promise<void> | undefined;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#metrics = createKeeperMetrics(deps.registry);
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Ends when no round is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let restMs = SHORTEST_REST_MS;
    while (!signal.aborted) {
      await rest(restMs, signal);
      if (signal.aborted) return;
      const startedMs = performance.now();
      const round = this.isOurs ? await this.#tried(() => this.#keep()) : undefined;
      const tookMs = performance.now() - startedMs;
      if (round === undefined || round.lots.length === 0) {
        restMs = Math.min(2 * restMs, IDLE_REST_MS);
        continue;
      }
      // Whoever asks now may have begun before it was stored.
      await rest(SHORTEST_REST_MS, signal);
      await this.#tried(() => closeRound(this.#deps.client, round));
      restMs = Math.min(REST * tookMs, LONGEST_REST_MS);
    }
  }

  async #keep(): Promise<Round> {
    const round = await keepRound(this.#deps.client);
    this.#metrics.kept.inc(round.rows);
    this.#metrics.open.set(round.rowsLeft);
    return round;
  }

  async #tried<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      this.#metrics.failures.inc();
      const { code, hint } = describeFault(error);
      this.#deps.log.warn(
        { code, hint },
        'outcomes cannot be kept for now: they are worked out when somebody asks',
      );
      return undefined;
    }
  }
}

/** Ends sooner when it is stopped. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** The keeper's metrics; each is there from the start. */
function createKeeperMetrics(registry: Registry) {
  const registers = [registry];
  return {
    kept: new Counter({
      name: 'qiscus_outcomes_kept_total',
      help: 'Sessions and resolutions that arrived and whose rooms were worked out anew, replays included',
      registers,
    }),
    open: new Gauge({
      name: 'qiscus_outcomes_open',
      help: 'Sessions and resolutions whose rooms are worked out when somebody asks, as of the last round of this consumer',
      registers,
    }),
    failures: new Counter({
      name: 'qiscus_outcomes_failures_total',
      help: 'Rounds of keeping outcomes that failed or were ended by their limits; answers are right all the same',
      registers,
    }),
  };
}
