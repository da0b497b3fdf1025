import type { ClickHouseClient } from '@clickhouse/client';
import { rewrite } from '../pages/pages.ts';
import { and, type Condition, within } from '../rebuild/sql.ts';
import { windows } from '../rebuild/windows.ts';
import { beginMs, endMs, type Month } from './months.ts';
import { EVENTS, type Retained } from './retained.ts';

/** Rows that ClickHouse puts in order at a time. */
const ROWS_AT_ONCE = 200_000;

/**
 * Writes down what stays of a month's rows. A link is kept where the next number does not stand beside it: whatever is
 * dropped later, the first event that is kept can be verified by it. Written again, it is the same.
 * @throws the signal's reason, or what ClickHouse's client throws; what was written by then counts nowhere yet
 */
export async function close(
  client: ClickHouseClient,
  retained: Retained,
  month: Month,
  signal: AbortSignal,
): Promise<void> {
  const where = ofMonth(retained, month);
  const span =
    retained === EVENTS
      ? { fromMs: beginMs(month), toMs: endMs(month) }
      : { fromMs: undefined, toMs: undefined };
  for await (const window of windows(client, { table: retained.table, where }, span, ROWS_AT_ONCE)) {
    signal.throwIfAborted();
    const { sql, params } = and(where, within(window));
    await rewrite(client, retained === EVENTS ? closeEvents(sql) : closeMessages(sql), params);
  }
}

/** The rows of a month, also by what the table is divided by. */
export function ofMonth({ time }: Retained, month: Month): Condition {
  return { sql: `toYYYYMM(${time}) = {month:UInt32}`, params: { month } };
}

const closeEvents = (where: string) => `
  INSERT INTO ${EVENTS.closed}
    (outbox, sequence, event_id, app_id, kind, occurred_at, received_at, has_link, chain, is_recognized)
  SELECT outbox, sequence, event_id, app_id, kind, occurred_at, received_at,
    next != sequence + 1 AS has_link, if(has_link, chain, ''), kind != 'unrecognized'
  FROM
  (
    SELECT outbox, sequence, event_id, app_id, kind, occurred_at, received_at, chain,
      leadInFrame(sequence) OVER (PARTITION BY outbox ORDER BY sequence ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next
    FROM events WHERE ${where}
  )`;

const closeMessages = (where: string) => `
  INSERT INTO closed_messages_rows (event_id, app_id, occurred_at, received_at, outbox, sequence)
  SELECT event_id, app_id, occurred_at, received_at, outbox, sequence FROM messages_rows WHERE ${where}`;
