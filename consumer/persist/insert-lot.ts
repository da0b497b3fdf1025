import type { FailedWork } from '../settle/dead-letter.ts';
import type { Effort, Held, Unsettled } from '../work.ts';
import type { InsertDeps } from './insert.ts';
import { type Item, insertTable, type TableOutcome } from './insert-table.ts';

/**
 * How the inserts of a lot ended: what is neither poison nor held stands, or the signal was aborted first. What is
 * held waits for its table, or for ClickHouse to take that one row.
 */
export type Inserted = ({ readonly ending: 'inserted' } & TableOutcome) | { readonly ending: 'abandoned' };

/**
 * Inserts the rows of a lot, as few inserts per table as can be. First the rows that stand first in their work
 * (`events`), then, for those that stand, the rows behind them (the facts): a fact never stands without its event.
 * @throws FatalInsertError
 */
export async function insertLot(
  lot: readonly Unsettled[],
  deps: InsertDeps,
  effort: Effort,
  signal: AbortSignal,
): Promise<Inserted> {
  const poison: FailedWork[] = [];
  const held: Held[] = [];
  const out = new Set<unknown>();
  const depth = Math.max(0, ...new Set(lot.map(({ work }) => work.rows.length)));
  for (let place = 0; place < depth; place++) {
    const tables = byTable(
      lot.filter(({ work }) => !out.has(work)),
      place,
    );
    const inserts = [...tables].map(([table, items]) => insertTable(table, items, deps, effort, signal));
    const outcomes = await Promise.all(inserts);
    if (signal.aborted) return { ending: 'abandoned' };
    for (const outcome of outcomes) {
      poison.push(...outcome.poison);
      held.push(...outcome.held);
      for (const { work } of [...outcome.poison, ...outcome.held]) out.add(work);
    }
  }
  return { ending: 'inserted', poison, held };
}

function byTable(lot: readonly Unsettled[], place: number): Map<string, Item[]> {
  const tables = new Map<string, Item[]>();
  for (const unsettled of lot) {
    const next = unsettled.work.rows[place];
    if (next === undefined || place < unsettled.standing) continue;
    const items = tables.get(next.table) ?? [];
    // Those of its rows that come before this one stand by now.
    items.push({
      unsettled: { ...unsettled, standing: place },
      bytes: next.bytes,
      partition: next.partition,
    });
    tables.set(next.table, items);
  }
  return tables;
}
