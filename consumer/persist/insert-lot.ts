import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import { backOff } from '../backoff.ts';
import type { FailedWork } from '../settle/dead-letter.ts';
import type { ConsumerMetrics } from '../watch/metrics.ts';
import type { Work } from '../work.ts';
import { insertRows } from './clickhouse.ts';
import { describeFault, insertFault } from './faults.ts';

/** How the inserts of a lot ended: all that can be inserted is, or the signal was aborted first. */
export type Inserted =
  | { readonly ending: 'inserted'; readonly poison: readonly FailedWork[] }
  | { readonly ending: 'abandoned' };

/** Nothing can be inserted until someone mends the set-up; the message says what. */
export class FatalInsertError extends Error {
  override readonly name = 'FatalInsertError';
}

export interface InsertDeps {
  readonly client: ClickHouseClient;
  readonly log: Logger;
  readonly metrics: ConsumerMetrics;
}

interface Item {
  readonly work: Work;
  readonly row: object;
}

/**
 * Inserts the rows of a lot, one insert per table, however long that takes. First the rows that stand first in
 * their work (`events`), then, for those that stand, the rows behind them (the facts): a fact never stands without
 * its event.
 * @throws FatalInsertError
 */
export async function insertLot(
  lot: readonly Work[],
  deps: InsertDeps,
  signal: AbortSignal,
): Promise<Inserted> {
  const poison = new Map<Work, FailedWork>();
  const depth = Math.max(0, ...new Set(lot.map(({ rows }) => rows.length)));
  for (let place = 0; place < depth; place++) {
    const tables = byTable(
      lot.filter((work) => !poison.has(work)),
      place,
    );
    const inserts = [...tables].map(([table, items]) => insertTable(table, items, deps, signal));
    for (const failed of (await Promise.all(inserts)).flat()) poison.set(failed.work, failed);
    if (signal.aborted) return { ending: 'abandoned' };
  }
  return { ending: 'inserted', poison: [...poison.values()] };
}

function byTable(lot: readonly Work[], place: number): Map<string, Item[]> {
  const tables = new Map<string, Item[]>();
  for (const work of lot) {
    const next = work.rows[place];
    if (next === undefined) continue;
    const items = tables.get(next.table) ?? [];
    items.push({ work, row: next.row });
    tables.set(next.table, items);
  }
  return tables;
}

/** Inserts rows into one table; a row that can never be inserted is found by halving, and returned. */
async function insertTable(
  table: string,
  items: readonly Item[],
  deps: InsertDeps,
  signal: AbortSignal,
): Promise<FailedWork[]> {
  const { client, log, metrics } = deps;
  const rows = items.map(({ row }) => row);
  for (let attempt = 0; !signal.aborted; attempt++) {
    const stopTimer = metrics.insertSeconds.startTimer({ table });
    try {
      await insertRows(client, table, rows, signal);
      stopTimer();
      metrics.inserted.inc({ table }, rows.length);
      metrics.insertRows.observe({ table }, rows.length);
      return [];
    } catch (error) {
      const fault = insertFault(error);
      const { code, hint } = describeFault(error);
      if (fault === 'fatal') {
        throw new FatalInsertError(`ClickHouse refuses rows of ${table}: ${code}. ${hint}`, { cause: error });
      }
      if (fault === 'poison') return halve(table, items, code, deps, signal);
      if (signal.aborted) break;
      metrics.retries.inc({ stage: 'insert' });
      log.error({ table, code, attempt, hint }, 'rows cannot be inserted yet; offsets wait until they can');
      await backOff(attempt, signal);
    }
  }
  return [];
}

async function halve(
  table: string,
  items: readonly Item[],
  code: string,
  deps: InsertDeps,
  signal: AbortSignal,
): Promise<FailedWork[]> {
  const [only] = items;
  if (only !== undefined && items.length === 1) {
    // ClickHouse's own text may quote the row.
    return [{ work: only.work, failure: { stage: 'insert', reason: `${table} refuses the row: ${code}` } }];
  }
  const middle = Math.ceil(items.length / 2);
  const first = await insertTable(table, items.slice(0, middle), deps, signal);
  return [...first, ...(await insertTable(table, items.slice(middle), deps, signal))];
}
