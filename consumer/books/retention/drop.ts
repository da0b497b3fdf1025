import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { DROPPED_TABLE } from '../../persist/tables.ts';
import { forgetPartition } from '../pages/follow-rows.ts';
import { close } from './close.ts';
import type { Month } from './months.ts';
import type { Retained } from './retained.ts';

/** Somebody may insert into a month that is long past, but hardly again and again. */
const MOST_TRIES = 3;

/**
 * Closes the books of a month and drops its partition. In this order, whoever is killed in between leaves books that are
 * the same, and a partition that the next run drops: what stays of the rows is written, then that it counts, then the
 * rows go. Two may do it at once.
 * @returns whether it was dropped; not where somebody goes on inserting into it
 * @throws the signal's reason, or what ClickHouse's client throws
 */
export async function dropMonth(
  client: ClickHouseClient,
  retained: Retained,
  month: Month,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = await blocksOf(client, retained, month);
    await close(client, retained, month, signal);
    await note(client, retained, month);
    // Merges leave the blocks as they are: others are rows that are not closed, or somebody else has dropped it.
    const after = await blocksOf(client, retained, month);
    if (after === undefined) return false;
    if (after !== before) continue;
    await client.command({
      // An operator's guard against accidents, 50 GB by default; this is none.
      query: `ALTER TABLE ${retained.table} DROP PARTITION ID '${month}' SETTINGS max_partition_size_to_drop = 0, alter_sync = 2`,
    });
    await forgetPartition(client, retained.table, String(month));
    return true;
  }
  return false;
}

/** The first and the last block that was inserted into a month; undefined where there is none. */
async function blocksOf(
  client: ClickHouseClient,
  { table }: Retained,
  month: Month,
): Promise<string | undefined> {
  const [row] = await rowsOf<{ blocks: string; parts: number }>(
    client,
    `SELECT concat(toString(min(min_block_number)), '-', toString(max(max_block_number))) AS blocks, count() AS parts
     FROM system.parts
     WHERE database = currentDatabase() AND active AND table = {table:String} AND partition_id = {id:String}`,
    { table, id: String(month) },
  );
  return row === undefined || row.parts === 0 ? undefined : row.blocks;
}

async function note(client: ClickHouseClient, { table }: Retained, month: Month): Promise<void> {
  const values = [{ table, partition: month, dropped_at: dateTime(Date.now()) }];
  await client.insert({ table: DROPPED_TABLE, values, format: 'JSONEachRow' });
}
