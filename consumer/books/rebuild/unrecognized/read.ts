import type { ClickHouseClient } from '@clickhouse/client';
import type { EventRow } from '../../../normalize/event.ts';
import { rowsOf } from '../../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../../persist/tables.ts';
import { and, type Condition, ofKind, type Window, within } from '../sql.ts';

const COLUMNS = `event_id, app_id, kind, occurred_at, received_at, outbox, sequence, payload,
  topic, partition, offset, chain, trace_id`;

/** The events of a window that stand as unrecognized, in the order in which they were received. */
export function readUnrecognized(
  client: ClickHouseClient,
  where: Condition,
  window: Window,
): Promise<EventRow[]> {
  const { sql, params } = and(ofKind({ kind: 'unrecognized' }), where, within(window));
  return rowsOf(
    client,
    `SELECT ${COLUMNS} FROM ${EVENTS_TABLE} FINAL WHERE ${sql} ORDER BY received_at, outbox, sequence`,
    params,
  );
}

/** Events that came as unrecognized and have another kind now: their topic still tells. */
const CAME_UNRECOGNIZED = {
  sql: `kind != 'unrecognized' AND endsWith(topic, 'unrecognized')`,
  params: {},
};

/** Those of a window that an earlier run made facts of. */
export function readAdopted(client: ClickHouseClient, where: Condition, window: Window): Promise<EventRow[]> {
  const { sql, params } = and(CAME_UNRECOGNIZED, where, within(window));
  return rowsOf(client, `SELECT ${COLUMNS} FROM ${EVENTS_TABLE} FINAL WHERE ${sql}`, params);
}

/** The source of the windows that hold them. */
export const adoptedSource = (where: Condition) => ({
  table: EVENTS_TABLE,
  where: and(CAME_UNRECOGNIZED, where),
});
