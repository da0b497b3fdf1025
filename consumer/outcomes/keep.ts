import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client';
import { rowsOf } from '../persist/clickhouse.ts';
import { BACKLOG_TABLE, KEPT_TABLE, TOUCHES_TABLE } from '../persist/tables.ts';

/** The columns of kept_timeline that room_timeline works out, next_session_at aside, which has no NULL there. */
const COLUMNS = `app_id, room_id, room_key, at, is_resolution, event_id, channel, channel_name, room_name, customer_id,
  customer_name, customer_key, is_waiting, agent_id, agent_email, agent_name, agent_role, has_notes, next_is_resolution,
  next_at, next_event_id, next_channel, next_agent_id, next_agent_email, next_agent_name, next_agent_role, has_later_resolution,
  previous_is_session, previous_at, previous_event_id`;

/** An insert that failed half-way can leave a lot without its rows; nobody waits for them longer. */
const LANDS_WITHIN_SECONDS = 3_600;

const OPEN = `SELECT toString(lot) AS lot, length(touched) AS rows, at > now() - ${LANDS_WITHIN_SECONDS} AS may_land
  FROM ${TOUCHES_TABLE} FINAL WHERE NOT is_done ORDER BY lot LIMIT 10000`;

/** What a lot is about, an item a row. */
const ITEMS = `SELECT lot, arrayJoin(touched) AS item FROM ${TOUCHES_TABLE} WHERE lot IN {lots:Array(UUID)}`;

const NOT_LANDED = `SELECT DISTINCT toString(lot) AS lot FROM (${ITEMS})
  WHERE item.4 != 0 AND item.4 NOT IN (
    SELECT cityHash64(event_id) FROM room_log WHERE (app_id, room_id) IN (SELECT item.1, item.2 FROM (${ITEMS}))
  )`;

/** The rooms of these lots, or a part of them: so many rooms are in memory at a time. */
const OF_PART = `cityHash64(app_id, room_id) % {parts:UInt32} = {part:UInt32}
  AND (app_id, room_id) IN (SELECT item.1, item.2 FROM (${ITEMS}))`;

const KEEP = `INSERT INTO ${KEPT_TABLE} (${COLUMNS}, next_session_at, version)
  SELECT ${COLUMNS}, ifNull(next_session_at, toDateTime64(0, 3, 'UTC')), {version:UInt64}
  FROM room_timeline
  WHERE NOT is_kept AND is_touched AND ${OF_PART}`;

const KEEP_BACKLOG = `INSERT INTO ${BACKLOG_TABLE} (app_id, room_key, open, version)
  SELECT app_id, room_key, groupArrayIf((at, event_id, channel, is_waiting), NOT is_resolution AND NOT has_later_resolution),
    {version:UInt64}
  FROM room_timeline
  WHERE NOT is_kept AND ${OF_PART}
  GROUP BY app_id, room_key`;

const CLOSE = `INSERT INTO ${TOUCHES_TABLE} (lot, at, touched, is_done)
  SELECT lot, now(), any(touched), true FROM ${TOUCHES_TABLE} WHERE lot IN {lots:Array(UUID)} GROUP BY lot`;

/** Rooms come back after years: their rows belong to many months. */
const INSERT_SETTINGS: ClickHouseSettings = { max_partitions_per_insert_block: '0', insert_deduplicate: 0 };

/** With what came before in their rooms, so many rows that arrive fit into the memory of a small server as a rule. */
const ROWS_OF_A_PART = 25_000;
/** Where they do not, fewer are tried. */
const MOST_PARTS = 4_096;

interface OpenLot {
  readonly lot: string;
  readonly rows: number;
  readonly may_land: boolean | number;
}

export interface KeepOptions {
  /** About how many rows are worked off at once; a lot is taken as a whole. */
  readonly mostRows?: number;
  /** How long it may take, milliseconds; a round that was ended is done again by the next. */
  readonly timeoutMs?: number;
}

/** What a round has stored. It is closed a second later: who asks meanwhile may have begun before it was stored. */
export interface Round {
  readonly lots: readonly string[];
  /** Rows that arrived, and are in what is kept now. */
  readonly rows: number;
  /** Rows that arrived and are not, after this round. */
  readonly rowsLeft: number;
}

/**
 * Works out anew the rooms that something arrived for, and keeps what came out. Two may do it at once, or the same again:
 * it reads what it works off before it takes its version, so the later version has seen what the earlier one has.
 * @throws ClickHouse's error; nothing is lost by it
 */
export async function keepRound(
  client: ClickHouseClient,
  { mostRows = 100_000, timeoutMs = 60_000 }: KeepOptions = {},
): Promise<Round> {
  const limits: ClickHouseSettings = { max_execution_time: Math.ceil(timeoutMs / 1_000) };
  const open = await rowsOf<OpenLot>(client, OPEN, {}, limits);
  const ready = await landed(client, takeLots(open, mostRows), limits);
  const lots = ready.map(({ lot }) => lot);
  const rows = sumRows(ready);
  if (lots.length > 0) await keep(client, { lots, rows }, limits);
  return { lots, rows, rowsLeft: sumRows(open) - rows };
}

/** Closes what a round has stored: it is looked up from now on. @throws ClickHouse's error */
export async function closeRound(client: ClickHouseClient, { lots }: Round): Promise<void> {
  if (lots.length === 0) return;
  await client.command({ query: CLOSE, query_params: { lots }, clickhouse_settings: INSERT_SETTINGS });
}

/** Keeps all there is. For those who load a table and look at it at once. @throws ClickHouse's error */
export async function keepAll(client: ClickHouseClient): Promise<void> {
  for (;;) {
    const round = await keepRound(client, { mostRows: 500_000, timeoutMs: 600_000 });
    await closeRound(client, round);
    if (round.lots.length === 0) return;
  }
}

function takeLots(open: readonly OpenLot[], mostRows: number): OpenLot[] {
  let rows = 0;
  return open.filter((each, index) => {
    rows += each.rows;
    return index === 0 || rows <= mostRows;
  });
}

/** Those all of whose rows can be seen. A lot is told of in the same insert as its rows, and can be seen before them. */
async function landed(
  client: ClickHouseClient,
  taken: readonly OpenLot[],
  limits: ClickHouseSettings,
): Promise<readonly OpenLot[]> {
  const lots = taken.map(({ lot }) => lot);
  if (lots.length === 0) return [];
  const missing = await rowsOf<{ lot: string }>(client, NOT_LANDED, { lots }, limits);
  const waiting = new Set(missing.map(({ lot }) => lot));
  return taken.filter(({ lot, may_land }) => !may_land || !waiting.has(lot));
}

/** Whoever asks meanwhile is not told of half a round: its rooms are worked out until it is closed. */
async function keep(
  client: ClickHouseClient,
  { lots, rows }: Pick<Round, 'lots' | 'rows'>,
  limits: ClickHouseSettings,
): Promise<void> {
  const [now] = await rowsOf<{ version: string }>(
    client,
    'SELECT toString(toUnixTimestamp64Nano(now64(9))) AS version',
  );
  for (let parts = Math.ceil(rows / ROWS_OF_A_PART); ; parts *= 4) {
    try {
      for (let part = 0; part < parts; part++) {
        for (const query of [KEEP, KEEP_BACKLOG]) {
          await client.command({
            query,
            query_params: { lots, version: now?.version, parts, part },
            clickhouse_settings: { ...limits, ...INSERT_SETTINGS },
          });
        }
      }
      return;
    } catch (error) {
      if (!isOutOfMemory(error) || parts >= MOST_PARTS) throw error;
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof ClickHouseError && error.type === 'MEMORY_LIMIT_EXCEEDED';
}

function sumRows(lots: readonly OpenLot[]): number {
  return lots.reduce((sum, { rows }) => sum + rows, 0);
}
