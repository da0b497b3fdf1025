import type { ClickHouseClient } from '@clickhouse/client';
import { CommandError } from '../../cli/command.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { ERASURES_TABLE, EVENTS_TABLE } from '../../persist/tables.ts';
import { readGone } from '../retention/kept.ts';
import { type Filling, fill } from './fill.ts';
import type { Scope } from './options.ts';
import { notDropped, withinReach } from './reach.ts';
import { and, ofKind, outside, PAGE, run, within } from './sql.ts';
import { closed, count, windows } from './windows.ts';

// Rows that only ClickHouse handles: no payload is read.
const SERVER_SIDE_ROWS = 200_000;
// Shared is ClickHouse Cloud's.
const SWAPPING_ENGINES = ['Atomic', 'Replicated', 'Shared'];
const EVERYTHING = { fromMs: undefined, toMs: undefined };

/**
 * The names that a run gives its tables. They are its own, so that a run that cleans up after another one can only
 * make that one fail, never swap in a table that is half full.
 */
export interface Names {
  /** Takes the new rows; after the swap it is the old table. */
  readonly shadow: string;
  /** Passes on what the consumer inserts into the live table. */
  readonly feed: string;
}

const prefixOf = ({ table }: Scope) => `${table}_rebuild_`;

/** @param run a few letters that no other run has */
export function namesOf(scope: Scope, run: string): Names {
  const shadow = `${prefixOf(scope)}${run}`;
  return { shadow, feed: `${shadow}_feed` };
}

/** Creates the empty shadow of a table. @throws CommandError when the tables could not be swapped later */
export async function createShadow(client: ClickHouseClient, scope: Scope, { shadow }: Names): Promise<void> {
  const [database] = await rowsOf<{ engine: string }>(
    client,
    'SELECT engine FROM system.databases WHERE name = currentDatabase()',
  );
  if (!SWAPPING_ENGINES.includes(database?.engine ?? '')) {
    throw new CommandError(
      `Tables can be swapped in a database of the engine ${SWAPPING_ENGINES.join(', ')}, not ${database?.engine}.`,
    );
  }
  await run(client, `CREATE TABLE ${shadow} AS ${scope.table}`);
}

/** Drops whatever this run or one that was interrupted has left; the feeds first, since inserts pass through them. */
export async function cleanUp(client: ClickHouseClient, scope: Scope): Promise<void> {
  const left = await rowsOf<{ name: string; engine: string }>(
    client,
    `SELECT name, engine FROM system.tables
     WHERE database = currentDatabase() AND startsWith(name, {prefix:String})
     ORDER BY engine = 'MaterializedView' DESC`,
    { prefix: prefixOf(scope) },
  );
  for (const { name, engine } of left) {
    const what = engine === 'MaterializedView' ? 'VIEW' : 'TABLE';
    // An operator's guard against accidents, 50 GB by default; this is none.
    await run(client, `DROP ${what} IF EXISTS ${name} SETTINGS max_table_size_to_drop = 0`);
  }
}

/**
 * Puts the filled shadow in the live table's place, while the consumer inserts. No row is lost, and at no moment is
 * one missing:
 * 1. rows that are not rebuilt are copied;
 * 2. from here on, the feed passes every insert that begins to the shadow as well;
 * 3. an insert that began before has its events in `events` already: those without a row are normalized now;
 * 4. the two tables change their names in one step. The views read the live table by its name.
 */
export async function swap(
  client: ClickHouseClient,
  filling: Filling,
  { feed }: Names,
  { erased, signal }: { readonly erased: number; readonly signal: AbortSignal },
): Promise<void> {
  const { scope, shadow } = filling;
  await copyOutside(client, filling, signal);
  await run(client, `CREATE MATERIALIZED VIEW ${feed} TO ${shadow} AS SELECT * FROM ${scope.table}`);
  await catchUp(client, filling, signal);
  await expectSameStructure(client, scope, shadow);
  await expectNobodyErased(client, scope, erased);
  await expectNothingDropped(client, filling);
  signal.throwIfAborted();
  await run(client, `EXCHANGE TABLES ${scope.table} AND ${shadow}`);
}

async function copyOutside(
  client: ClickHouseClient,
  { scope, shadow, gone }: Filling,
  signal: AbortSignal,
): Promise<void> {
  const source = { table: scope.table, where: outside(scope, withinReach(scope.kind, gone)) };
  for await (const window of windows(client, source, EVERYTHING, SERVER_SIDE_ROWS)) {
    signal.throwIfAborted();
    const { sql, params } = and(source.where, within(window));
    await run(client, `INSERT INTO ${shadow} SELECT * FROM ${scope.table} FINAL WHERE ${sql}`, params);
  }
}

/** Normalizes the events that came in meanwhile; those that are open dead letters stay such. */
async function catchUp(client: ClickHouseClient, filling: Filling, signal: AbortSignal): Promise<void> {
  const { scope, shadow, gone } = filling;
  const toBuild = notDropped(scope.kind, gone);
  const events = { table: EVENTS_TABLE, where: and(ofKind(scope), toBuild) };
  const until = await closed(client, EVERYTHING, [EVENTS_TABLE]);
  for await (const large of windows(client, events, until, SERVER_SIDE_ROWS)) {
    const { sql, params } = within(large);
    const missing = {
      sql: `event_id NOT IN (SELECT event_id FROM ${shadow} WHERE ${sql})
        AND event_id NOT IN (SELECT event_id FROM dead_letters WHERE is_open)`,
      params,
    };
    const source = { table: EVENTS_TABLE, where: and(ofKind(scope), toBuild, missing), weight: PAGE.weight };
    if ((await count(client, source, large)) === 0) continue;
    for await (const small of windows(client, source, large, PAGE.limit)) {
      signal.throwIfAborted();
      await fill(client, filling, small, and(toBuild, missing));
    }
  }
}

/** Swapped in all the same, the shadow would take back a migration that was applied meanwhile. */
async function expectSameStructure(client: ClickHouseClient, { table }: Scope, shadow: string) {
  const rows = await rowsOf<{ structure: string }>(
    client,
    `SELECT DISTINCT replaceOne(create_table_query, name, '') AS structure FROM system.tables
     WHERE database = currentDatabase() AND name IN ({table:String}, {shadow:String})`,
    { table, shadow },
  );
  if (rows.length !== 1) {
    throw new CommandError(`${table} was altered meanwhile: it is left as it is. Run the command again.`);
  }
}

/** How many events have been erased so far. */
export async function erasureCount(client: ClickHouseClient): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(client, `SELECT count() AS n FROM ${ERASURES_TABLE}`);
  return row?.n ?? 0;
}

/** Swapped in all the same, the shadow would bring back whoever was erased since it was filled. */
async function expectNobodyErased(client: ClickHouseClient, { table }: Scope, before: number): Promise<void> {
  if ((await erasureCount(client)) === before) return;
  throw new CommandError(`Somebody was erased meanwhile: ${table} is left as it is. Run the command again.`);
}

/** Swapped in all the same, the shadow would lack the facts of events that were dropped before they were read. */
async function expectNothingDropped(client: ClickHouseClient, { scope, gone }: Filling): Promise<void> {
  const { events } = await readGone(client);
  if (events.months.join() === gone.events.months.join()) return;
  throw new CommandError(
    `Events were dropped meanwhile: ${scope.table} is left as it is. Run the command again.`,
  );
}
