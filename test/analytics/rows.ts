import type { Database } from '../support/clickhouse.ts';

/** A row of a `_rows` table, as JSONEachRow; columns that are not named have their defaults. */
export type Row = { event_id: string; app_id: string; occurred_at: string; [column: string]: unknown };

/** Unix milliseconds as ClickHouse reads them, UTC. */
export const utc = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** A session of a room. @param at UTC, `2026-11-02 09:00:00` */
export function session(room: string, at: string, more: Partial<Row> = {}): Row {
  const customer = { customer_id: `customer of ${room}`, customer_name: `Customer of ${room}` };
  return { ...event(`session ${room} ${at}`, at), room_id: room, channel: 'wa', ...customer, ...more };
}

/** A resolution of a room by agent 1. @param at UTC, `2026-11-02 09:00:00` */
export function resolution(room: string, at: string, more: Partial<Row> = {}): Row {
  const agent = { agent_id: 1, agent_email: 'ani@test', agent_name: 'Ani', agent_role: 'agent' };
  const customer = { customer_id: `customer of ${room}`, customer_name: `Customer of ${room}` };
  return {
    ...event(`resolution ${room} ${at}`, at),
    room_id: room,
    channel: 'wa',
    ...customer,
    ...agent,
    ...more,
  };
}

/** A logout of agent 1. @param at UTC, `2026-11-02 09:00:00` */
export function logout(at: string, more: Partial<Row> = {}): Row {
  const user = { user_id: 1, user_email: 'ani@test', user_name: 'Ani', role: 'agent' };
  return { ...event(`logout ${at}`, at), ...user, ...more };
}

/** What every fact has. */
export function event(event_id: string, at: string): Row {
  return { event_id, app_id: 'demo', occurred_at: at, received_at: at, outbox: 'demo/0', sequence: 1 };
}

/** Inserts rows, as the consumer does; the same rows again are copies. */
export async function insert(database: Database, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0)
    await database.client.insert({ table: `${table}_rows`, values: rows, format: 'JSONEachRow' });
}
