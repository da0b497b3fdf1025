import { type ClickHouseClient, type ClickHouseSettings, SettingsMap } from '@clickhouse/client';
import { rowsOf } from '../persist/clickhouse.ts';
import { inAsManyParts } from '../persist/in-parts.ts';
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

/**
 * The rooms of these lots in the order in which room_log has them, cut into ranges of about so many rows that arrived.
 * A range is read in one piece: parts by a hash of the room would each read all of room_log.
 */
const RANGES = `SELECT min((app_id, room_id)) AS first, max((app_id, room_id)) AS last
  FROM (
    SELECT app_id, room_id, intDiv(sum(rows) OVER (ORDER BY app_id, room_id) - rows, {most:UInt32}) AS part
    FROM (SELECT toString(item.1) AS app_id, item.2 AS room_id, count() AS rows FROM (${ITEMS}) GROUP BY app_id, room_id)
  )
  GROUP BY part
  ORDER BY part`;

/** The rooms of these lots in a range. Said by single columns, which an index can be searched by. */
const OF_RANGE = `app_id >= {firstApp:String} AND app_id <= {lastApp:String}
  AND (app_id > {firstApp:String} OR room_id >= {firstRoom:String})
  AND (app_id < {lastApp:String} OR room_id <= {lastRoom:String})
  AND (app_id, room_id) IN (SELECT item.1, item.2 FROM (${ITEMS}))`;

const KEEP = `INSERT INTO ${KEPT_TABLE} (${COLUMNS}, next_session_at, version)
  SELECT ${COLUMNS}, ifNull(next_session_at, toDateTime64(0, 3, 'UTC')), {version:UInt64}
  FROM room_timeline
  WHERE NOT is_kept AND is_touched AND ${OF_RANGE}`;

const KEEP_BACKLOG = `INSERT INTO ${BACKLOG_TABLE} (app_id, room_key, open, version)
  SELECT app_id, room_key, groupArrayIf((at, event_id, channel, is_waiting), NOT is_resolution AND NOT has_later_resolution),
    {version:UInt64}
  FROM room_timeline
  WHERE NOT is_kept AND ${OF_RANGE}
  GROUP BY app_id, room_key`;

const CLOSE = `INSERT INTO ${TOUCHES_TABLE} (lot, at, touched, is_done)
  SELECT lot, now(), any(touched), true FROM ${TOUCHES_TABLE} WHERE lot IN {lots:Array(UUID)} GROUP BY lot`;

/** Rooms come back after years: their rows belong to many months. */
const INSERT_SETTINGS: ClickHouseSettings = { max_partitions_per_insert_block: '0', insert_deduplicate: 0 };

/** So many fit into the memory of a small server as a rule. */
const ROWS_OF_A_RANGE = 25_000;
/** Lots are named in the URL of a request, of which a server takes 16 KB for certain. */
const MOST_LOTS = 200;

/**
 * For a statement that reads room_timeline: of the lots that are open, it works out those up to this one alone. What a
 * round costs does so not grow with what is left for later rounds, as after an upgrade.
 */
const upTo = (lot: string): ClickHouseSettings => ({
  additional_table_filters: SettingsMap.from({ [TOUCHES_TABLE]: `toString(lot) <= \\'${lot}\\'` }),
});

interface OpenLot {
  readonly lot: string;
  readonly rows: number;
  readonly may_land: boolean | number;
}

/** Of rooms, each an app and a room; both ends belong to it. */
interface Range {
  readonly first: readonly [app: string, room: string];
  readonly last: readonly [app: string, room: string];
}

export interface KeepOptions {
  /** About how many rows are worked off at once; a lot is taken as a whole. */
  readonly mostRows?: number;
  /** About how many of them are in memory at once, with what came before in their rooms. */
  readonly rangeRows?: number;
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
  { mostRows = 100_000, rangeRows = ROWS_OF_A_RANGE, timeoutMs = 60_000 }: KeepOptions = {},
): Promise<Round> {
  const limits: ClickHouseSettings = { max_execution_time: Math.ceil(timeoutMs / 1_000) };
  const open = await rowsOf<OpenLot>(client, OPEN, {}, limits);
  const ready = await landed(client, takeLots(open, mostRows), limits);
  const lots = ready.map(({ lot }) => lot);
  const rows = sumRows(ready);
  if (lots.length > 0) await keep(client, { lots, ranges: Math.ceil(rows / rangeRows), rows }, limits);
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
    const round = await keepRound(client, { mostRows: 500_000, rangeRows: 100_000, timeoutMs: 600_000 });
    await closeRound(client, round);
    if (round.lots.length === 0) return;
  }
}

/** The first ones, at least one. */
function takeLots(open: readonly OpenLot[], mostRows: number): readonly OpenLot[] {
  let rows = 0;
  const end = open.findIndex((each, index) => {
    rows += each.rows;
    return index > 0 && (rows > mostRows || index === MOST_LOTS);
  });
  return end === -1 ? open : open.slice(0, end);
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
  { lots, ranges, rows }: Pick<Round, 'lots' | 'rows'> & { readonly ranges: number },
  limits: ClickHouseSettings,
): Promise<void> {
  const [now] = await rowsOf<{ version: string }>(
    client,
    'SELECT toString(toUnixTimestamp64Nano(now64(9))) AS version',
  );
  await inAsManyParts(ranges, async (parts) => {
    const most = Math.ceil(rows / parts);
    for (const range of await rowsOf<Range>(client, RANGES, { lots, most }, limits)) {
      for (const query of [KEEP, KEEP_BACKLOG]) {
        await client.command({
          query,
          query_params: { lots, version: now?.version, ...paramsOf(range) },
          clickhouse_settings: { ...limits, ...INSERT_SETTINGS, ...upTo(lots.at(-1) ?? '') },
        });
      }
    }
  });
}

function paramsOf({ first, last }: Range) {
  return { firstApp: first[0], firstRoom: first[1], lastApp: last[0], lastRoom: last[1] };
}

function sumRows(lots: readonly OpenLot[]): number {
  return lots.reduce((sum, { rows }) => sum + rows, 0);
}
