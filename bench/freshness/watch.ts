import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { CommandError } from '../../consumer/cli/command.ts';

const LEAST_PAUSE_MS = 10;
/** Of the slowest contender, many times over. */
const PATIENCE_MS = 60_000;

const NUMBERS = ['sessions', 'resolutions', 'messages', 'allocations', 'button_clicks']
  .map((view) => `SELECT toUInt64OrZero(room_id) AS n FROM ${view}`)
  .concat('SELECT user_id AS n FROM agent_logouts')
  .join(' UNION ALL ');

/** What was seen. */
export interface Seen {
  /** How long after it was due each was seen. */
  readonly latenciesMs: readonly number[];
  /** How long each look took. */
  readonly looksMs: readonly number[];
}

/**
 * Asks again and again, by a plain SELECT, which webhooks can be seen in the tables of their kinds. What an answer
 * has counts as visible when the answer is there: each latency has the query, and the pause before it, in it.
 */
export class Watch {
  readonly #client: ClickHouseClient;
  readonly #dueMs = new Map<number, number>();
  readonly #latenciesMs: number[] = [];
  readonly #looksMs: number[] = [];

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  /** From now on this one is looked for. */
  expect(n: number, dueMs: number): void {
    this.#dueMs.set(n, dueMs);
  }

  /**
   * Looks until all that was to come has come, and every one of it is seen.
   * @param coming settles when no more is to come
   * @throws CommandError when one is not seen
   */
  async untilAllSeen(coming: Promise<void>): Promise<Seen> {
    let isComing = true;
    const come = coming.finally(() => {
      isComing = false;
    });
    // It is waited for below, after the last look.
    come.catch(() => {});
    let seenMs = performance.now();
    while (isComing || this.#dueMs.size > 0) {
      const before = this.#dueMs.size;
      await this.#look();
      if (isComing || this.#dueMs.size < before) seenMs = performance.now();
      if (performance.now() - seenMs > PATIENCE_MS) {
        throw new CommandError(`${this.#dueMs.size} webhooks were accepted and cannot be seen.`);
      }
      // As long as the look took: looking must not be the main load.
      await sleep(Math.max(LEAST_PAUSE_MS, this.#looksMs.at(-1) ?? 0));
    }
    await come;
    return { latenciesMs: this.#latenciesMs, looksMs: this.#looksMs };
  }

  async #look(): Promise<void> {
    // They are noted in their order: the first is the lowest.
    const [from] = this.#dueMs.keys();
    if (from === undefined) return;
    const startMs = performance.now();
    const result = await this.#client.query({
      query: `SELECT n FROM (${NUMBERS}) WHERE n >= {from:UInt64}`,
      query_params: { from },
      format: 'JSONCompactEachRow',
    });
    const rows = await result.json<[number | string]>();
    const nowMs = performance.now();
    this.#looksMs.push(nowMs - startMs);
    for (const [n] of rows) {
      const dueMs = this.#dueMs.get(Number(n));
      if (dueMs === undefined) continue;
      this.#latenciesMs.push(nowMs - dueMs);
      this.#dueMs.delete(Number(n));
    }
  }
}
