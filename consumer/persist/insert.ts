import { ClickHouseError } from '@clickhouse/client';
import type { Logger } from 'pino';
import { backOff } from '../../schemas/group/backoff.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import type { Effort } from '../work.ts';
import type { Breaker } from './breaker.ts';
import { describeFault, insertFault } from './faults.ts';
import type { RowSink, Rows } from './row-sink.ts';

/** A table that lets its inserts hang must not hold the others for as many time-outs as there are tries. */
const PATIENCE_MS = 5_000;

/**
 * How an insert ended.
 * - `inserted`: all of it stands
 * - `poison`: a row of it can never be inserted
 * - `refused`: it was tried as often as it should be, and ClickHouse answers otherwise
 * - `abandoned`: the signal was aborted first
 */
export type Insert =
  | { readonly ending: 'inserted' }
  | { readonly ending: 'poison'; readonly code: string }
  | { readonly ending: 'refused'; readonly code: string }
  | { readonly ending: 'abandoned' };

/** Nothing can be inserted until someone mends the set-up; the message says what. */
export class FatalInsertError extends Error {
  override readonly name = 'FatalInsertError';
}

export interface InsertDeps {
  readonly sink: RowSink;
  readonly log: Logger;
  readonly metrics: ConsumerMetrics;
  readonly breaker: Breaker;
}

/**
 * Inserts rows into a table. While ClickHouse does not answer at all, it is tried for ever, whatever the effort:
 * there is nothing that could go on meanwhile.
 * @throws FatalInsertError
 */
export async function insert(
  table: string,
  rows: Rows,
  deps: InsertDeps,
  { tries, vainTries }: Effort,
  signal: AbortSignal,
): Promise<Insert> {
  const { sink, log, metrics, breaker } = deps;
  const startedMs = performance.now();
  for (let attempt = 0; !signal.aborted; attempt++) {
    const stopTimer = metrics.insertSeconds.startTimer({ table });
    try {
      await sink.insert(table, rows, signal);
      stopTimer();
      metrics.inserted.inc({ table }, rows.count);
      metrics.insertRows.observe({ table }, rows.count);
      breaker.inserted(table);
      return { ending: 'inserted' };
    } catch (error) {
      const fault = insertFault(error);
      const { code, hint } = describeFault(error);
      if (fault === 'fatal') {
        throw new FatalInsertError(`ClickHouse refuses rows of ${table}: ${code}. ${hint}`, { cause: error });
      }
      if (fault === 'poison') {
        if (!(error instanceof ClickHouseError)) log.error({ err: error, table }, 'a row cannot be sent');
        return { ending: 'poison', code };
      }
      if (signal.aborted) break;
      metrics.retries.inc({ stage: 'insert' });
      // A search fails often, and what it comes to is told by whoever began it.
      const level = vainTries === 0 ? 'error' : 'debug';
      log[level]({ table, code, attempt, hint }, 'rows cannot be inserted yet; offsets wait until they can');
      const isLong = performance.now() - startedMs >= PATIENCE_MS;
      const isEnough = fault === 'table' || isLong || attempt + 1 >= tries;
      if (isEnough && (await sink.answers())) return { ending: 'refused', code };
      await backOff(attempt, signal);
    }
  }
  return { ending: 'abandoned' };
}
