import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { FactKind } from '../../schemas/webhooks.ts';
import { rowsOf } from '../persist/clickhouse.ts';
import { BACKLOG_TABLE, FACT_TABLES, KEPT_TABLE, ROOM_LOG_TABLE, TOUCHES_TABLE } from '../persist/tables.ts';

/** A row can stand in room_log a moment before it stands in its own table, since one insert fills both. */
const ON_ITS_WAY_MS = 3_000;

/** The columns of room_log. */
const LOG_COLUMNS = [
  'app_id',
  'room_id',
  'at',
  'is_resolution',
  'event_id',
  'sequence',
  'channel',
  'channel_name',
  'room_name',
  'customer_id',
  'customer_name',
  'is_waiting',
  'agent_id',
  'agent_email',
  'agent_name',
  'agent_role',
  'has_notes',
] as const;

type LogColumn = (typeof LOG_COLUMNS)[number];

/** Where they are others than those of a kind's own table, as the views room_log_… of the migrations have it. */
const IN_LOG: Readonly<Partial<Record<FactKind, Readonly<Partial<Record<LogColumn, string>>>>>> = {
  session: {
    at: 'occurred_at',
    is_resolution: 'false',
    agent_id: 'toUInt64(0)',
    agent_email: `''`,
    agent_name: `''`,
    agent_role: `''`,
    has_notes: 'false',
  },
  resolution: {
    at: 'occurred_at',
    is_resolution: 'true',
    channel_name: `''`,
    room_name: `''`,
    is_waiting: 'false',
    has_notes: `notes != ''`,
  },
};

/** The kinds of which room_log has rows. */
export const LOGGED_KINDS: readonly FactKind[] = ['session', 'resolution'];

/** How many rows of room_log were not as the table of their kind. */
export interface Reconciled {
  /** Put in, or put right. */
  readonly added: number;
  /** Taken out, as there is no such event any more. */
  readonly removed: number;
}

/**
 * Makes room_log what the table of a kind is, month by month, for whoever has changed that table by other than an insert:
 * the views of the database pass on inserts alone. The rooms concerned are worked out anew.
 * @param show how many months are done, of how many
 * @throws ClickHouse's error; run again, it does what is left
 */
export async function reconcile(
  client: ClickHouseClient,
  kind: FactKind,
  show: (what: string, done: number, total: number) => void = () => {},
): Promise<Reconciled> {
  const inLog = IN_LOG[kind];
  if (inLog === undefined) return { added: 0, removed: 0 };
  const sql = statements(kind, inLog);
  const months = await rowsOf<{ month: number }>(client, sql.months);
  let sum: Reconciled = { added: 0, removed: 0 };
  for (const [index, { month }] of months.entries()) {
    show('rooms, by month', index, months.length);
    const { added, removed } = await reconcileMonth(client, sql, month);
    sum = { added: sum.added + added, removed: sum.removed + removed };
  }
  show('rooms, by month', months.length, months.length);
  return sum;
}

type Statements = ReturnType<typeof statements>;

/**
 * What is missing goes in first: a row that is only another than before replaces the one before. What is left then is
 * there for no event. Its rooms are touched before it goes, and what is kept of it is marked as deleted after it has
 * gone, by a version that no round which has still seen it can have.
 */
async function reconcileMonth(client: ClickHouseClient, sql: Statements, month: number): Promise<Reconciled> {
  const counted = async (query: string) => (await rowsOf<{ n: number }>(client, query, { month }))[0]?.n ?? 0;
  const run = (query: string) =>
    client.command({ query, query_params: { month }, clickhouse_settings: SETTINGS });
  const added = await counted(sql.countMissing);
  if (added > 0) await run(sql.addMissing);
  const removed = await counted(sql.countStale);
  if (removed > 0) {
    await run(sql.touchStale);
    // Of a room of which nothing is left, no round tells. What a round has told of the others until now is told again.
    await run(sql.emptyBacklog);
    await run(sql.touchStale);
    await run(sql.removeStale);
    await sleep(ON_ITS_WAY_MS);
    if ((await counted(sql.countMissing)) > 0) await run(sql.addMissing);
  }
  if ((await counted(sql.countGone)) > 0) await run(sql.markGone);
  return { added, removed };
}

const SETTINGS = {
  mutations_sync: '2',
  allow_nondeterministic_mutations: 1,
  insert_deduplicate: 0,
  max_partitions_per_insert_block: '0',
  // Blocks of this size are worked off one by one.
  max_block_size: '65536',
  min_insert_block_size_rows: '65536',
} as const;

function statements(kind: FactKind, inLog: Readonly<Partial<Record<LogColumn, string>>>) {
  const table = FACT_TABLES[kind];
  const names = LOG_COLUMNS.join(', ');
  const isKind = `is_resolution = ${kind === 'resolution'}`;
  const ofMonth = 'toYYYYMM(at) = {month:UInt32}';
  const asLog = LOG_COLUMNS.map((name) => `${inLog[name] ?? name} AS ${name}`).join(', ');
  const facts = `SELECT ${asLog} FROM (SELECT * FROM ${table} FINAL WHERE toYYYYMM(occurred_at) = {month:UInt32})`;
  const log = `SELECT ${names} FROM ${ROOM_LOG_TABLE} FINAL WHERE ${isKind} AND ${ofMonth}`;
  const hash = `cityHash64(${names})`;
  const missing = `FROM (${facts}) WHERE ${hash} NOT IN (SELECT ${hash} FROM (${log}))`;
  const isStale = `${isKind} AND ${ofMonth} AND ${hash} NOT IN (SELECT ${hash} FROM (${facts}))`;
  const stale = `FROM (${log}) WHERE ${isStale}`;
  const key = 'app_id, toStartOfHour(at), is_resolution, event_id';
  const gone = `FROM ${KEPT_TABLE} FINAL
    WHERE ${isKind} AND ${ofMonth} AND (${key}) NOT IN (SELECT ${key} FROM ${ROOM_LOG_TABLE} WHERE ${isKind} AND ${ofMonth})`;
  return {
    months: `SELECT DISTINCT month FROM (
      SELECT toYYYYMM(occurred_at) AS month FROM ${table}
      UNION ALL SELECT toYYYYMM(at) FROM ${ROOM_LOG_TABLE} WHERE ${isKind}
    ) ORDER BY month`,
    countMissing: `SELECT count() AS n ${missing}`,
    addMissing: `INSERT INTO ${ROOM_LOG_TABLE} (${names}) SELECT ${names} ${missing}`,
    countStale: `SELECT count() AS n ${stale}`,
    touchStale: `INSERT INTO ${TOUCHES_TABLE} (lot, at, touched, is_done)
      SELECT generateUUIDv7(), now(), groupArray((app_id, room_id, toDateTime64(0, 3, 'UTC'), 0)), false
      FROM (SELECT DISTINCT app_id, room_id ${stale})`,
    removeStale: `ALTER TABLE ${ROOM_LOG_TABLE} DELETE WHERE ${isStale}`,
    countGone: `SELECT count() AS n ${gone}`,
    emptyBacklog: `INSERT INTO ${BACKLOG_TABLE} (app_id, room_key, version)
      SELECT DISTINCT app_id, cityHash64(app_id, room_id), toUnixTimestamp64Nano(now64(9)) ${stale}`,
    markGone: `INSERT INTO ${KEPT_TABLE} (app_id, room_id, room_key, at, is_resolution, event_id, version, is_deleted)
      SELECT app_id, room_id, room_key, at, is_resolution, event_id, toUnixTimestamp64Nano(now64(9)), 1 ${gone}`,
  };
}
