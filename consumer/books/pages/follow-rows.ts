import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { BOOK_TABLES_TABLE, EVENTS_TABLE, FACT_TABLES } from '../../persist/tables.ts';
import { recountTable } from './recount.ts';
import {
  type CurrentState,
  currentStates,
  hasMorePartitions,
  onlyInserted,
  readState,
  type TableState,
} from './table-state.ts';

const TABLES = [EVENTS_TABLE, ...Object.values(FACT_TABLES)];

/**
 * Counts every table again whose rows were changed by anything but inserts since it was last looked at: materialized views
 * are told of inserts alone. A table that was never looked at, after an upgrade, is counted for the first time.
 * @param limits settings of what it asks before that
 * @param onRecount told how many of those that must be counted have been
 * @throws what ClickHouse's client throws
 */
export async function followRows(
  client: ClickHouseClient,
  limits: ClickHouseSettings,
  onRecount: (done: number, total: number) => void,
): Promise<void> {
  const saved = await savedStates(client, limits);
  // Before the rows are read: what changes meanwhile is seen the next time.
  const current = await currentStates(client, TABLES, limits);
  const changed: [string, CurrentState][] = [];
  for (const [table, now] of current) {
    const before = saved.get(table);
    if (before === undefined || now.isChanging || !onlyInserted(before, now)) changed.push([table, now]);
    // Unknown, a partition could be dropped unseen.
    else if (hasMorePartitions(before, now)) await save(client, table, now);
  }
  for (const [index, [table, now]] of changed.entries()) {
    onRecount(index, changed.length);
    await recountTable(client, table);
    if (!now.isChanging) await save(client, table, now);
    onRecount(index + 1, changed.length);
  }
}

/**
 * Notes that a partition was dropped whose rows were closed: the books have them still. Whatever else was done to the table
 * since it was last looked at is seen the next time as it would have been.
 * @throws what ClickHouse's client throws
 */
export async function forgetPartition(client: ClickHouseClient, table: string, name: string): Promise<void> {
  const before = (await savedStates(client, {})).get(table);
  if (before?.partitions[name] === undefined) return;
  const { [name]: _, ...partitions } = before.partitions;
  await save(client, table, { ...before, partitions });
}

async function savedStates(
  client: ClickHouseClient,
  limits: ClickHouseSettings,
): Promise<Map<string, TableState>> {
  const rows = await rowsOf<{ table: string; state: string }>(
    client,
    `SELECT table, state FROM ${BOOK_TABLES_TABLE} FINAL`,
    {},
    limits,
  );
  return new Map(
    rows.flatMap(({ table, state }) => {
      const read = readState(state);
      return read === undefined ? [] : [[table, read] as const];
    }),
  );
}

async function save(client: ClickHouseClient, table: string, { uuid, mutation, partitions }: TableState) {
  const counted_at = dateTime(Date.now());
  const state = JSON.stringify({ uuid, mutation, partitions });
  await client.insert({
    table: BOOK_TABLES_TABLE,
    values: [{ table, state, counted_at }],
    format: 'JSONEachRow',
  });
}
