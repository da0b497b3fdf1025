import type { ClickHouseClient } from '@clickhouse/client';
import type { ConsumerSettings } from '../../config.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { keepBooks } from '../pages/keep.ts';
import { dropMonth } from './drop.ts';
import { isPast, type Month } from './months.ts';
import { EVENTS, MESSAGES, type Retained } from './retained.ts';
import { type Trouble, troublesOf } from './troubles.ts';

/** How long is kept what; undefined for ever. */
export type KeepDays = Partial<Pick<ConsumerSettings, 'EVENTS_KEEP_DAYS' | 'MESSAGES_KEEP_DAYS'>>;

/** What became of the partitions of a table that are old enough. */
export interface Retention {
  readonly retained: Retained;
  readonly dropped: readonly Month[];
  /** Why others are held. */
  readonly troubles: readonly Trouble[];
}

/**
 * Drops the partitions that are older than they are to be kept, and whose books are balanced. The others are tried again
 * by a later run.
 * @throws the signal's reason, or what ClickHouse's client throws; what was dropped by then is closed
 */
export async function retain(
  client: ClickHouseClient,
  keep: KeepDays,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Retention[]> {
  const due = new Map<Retained, Month[]>();
  for (const retained of [EVENTS, MESSAGES]) {
    const days = keep[retained.setting];
    if (days === undefined) continue;
    const months = await monthsOf(client, retained);
    due.set(
      retained,
      months.filter((month) => isPast(month, days, nowMs)),
    );
  }
  // What was taken out of the tables otherwise is missing from here on.
  if ([...due.values()].some((months) => months.length > 0)) await keepBooks(client);
  const found: Retention[] = [];
  for (const [retained, months] of due) found.push(await retainTable(client, retained, months, signal));
  return found;
}

async function retainTable(
  client: ClickHouseClient,
  retained: Retained,
  due: readonly Month[],
  signal: AbortSignal,
): Promise<Retention> {
  if (due.length === 0) return { retained, dropped: [], troubles: [] };
  const troubles = await troublesOf(client, retained, due);
  const held = new Set(troubles.map(({ month }) => month));
  const dropped: Month[] = [];
  for (const month of due.filter((each) => !held.has(each))) {
    signal.throwIfAborted();
    if (await dropMonth(client, retained, month, signal)) dropped.push(month);
  }
  return { retained, dropped, troubles };
}

/** The months that a table has rows of, in order. */
async function monthsOf(client: ClickHouseClient, { table }: Retained): Promise<Month[]> {
  const rows = await rowsOf<{ month: Month }>(
    client,
    `SELECT DISTINCT toUInt32(partition_id) AS month FROM system.parts
     WHERE database = currentDatabase() AND active AND table = {table:String} AND rows > 0 ORDER BY month`,
    { table },
  );
  return rows.map(({ month }) => month);
}
