import type { Effort } from '../work.ts';
import { type InsertDeps, insert } from './insert.ts';
import { MAX_PARTITIONS } from './insert-table.ts';
import type { PackedRows, PackedTable } from './packed-rows.ts';

/** What of packed rows stands. */
export type PackedOutcome =
  | {
      readonly ending: 'tried';
      /** Tables of which all rows stand. */
      readonly standing: ReadonlySet<string>;
      readonly isWhole: boolean;
    }
  | { readonly ending: 'abandoned' };

/** What does not go in then is taken apart, which is done with rows that are not packed. */
const ONCE: Effort = { tries: 1, vainTries: 0 };

/**
 * Inserts the rows of a lot as they are, one insert for each table: those of the first place (`events`), then those
 * behind them (the facts). What is refused as a whole, and once more, is left to `insertLot`.
 * @throws FatalInsertError
 */
export async function insertPacked(
  lot: readonly PackedRows[],
  deps: InsertDeps,
  signal: AbortSignal,
): Promise<PackedOutcome> {
  const tables = lot.flatMap((rows) => rows.tables);
  const standing = new Set<string>();
  const places = new Set(tables.map((each) => each.place));
  for (const place of [...places].sort((one, other) => one - other)) {
    const ofPlace = Map.groupBy(
      tables.filter((each) => each.place === place),
      ({ table }) => table,
    );
    const inserts = [...ofPlace].map(async ([table, parts]) => {
      if (partitionsOf(parts) > MAX_PARTITIONS) return;
      const rows = { count: countOf(parts), pieces: parts.flatMap(({ pieces }) => pieces) };
      // Also a ClickHouse that hangs lets an insert fail, and takes it when it goes on.
      const first = await insert(table, rows, deps, ONCE, signal);
      const last = first.ending === 'refused' ? await insert(table, rows, deps, ONCE, signal) : first;
      if (last.ending === 'inserted') standing.add(table);
    });
    await Promise.all(inserts);
    if (signal.aborted) return { ending: 'abandoned' };
    if (![...ofPlace.keys()].every((table) => standing.has(table))) {
      return { ending: 'tried', standing, isWhole: false };
    }
  }
  return { ending: 'tried', standing, isWhole: true };
}

function partitionsOf(parts: readonly PackedTable[]): number {
  return new Set(parts.flatMap(({ partitions }) => [...partitions])).size;
}

function countOf(parts: readonly PackedTable[]): number {
  return parts.reduce((sum, { count }) => sum + count, 0);
}
