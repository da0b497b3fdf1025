import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { KINDS } from '../../../schemas/webhooks.ts';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { PATHS_TABLE } from '../../persist/tables.ts';
import { keyOf, type Looked, Sightings } from './sightings.ts';

const HOUR_MS = 3_600_000;
/** Events are stored a little out of order; who looks at one twice counts it once. */
const OVERLAP_MS = 120_000;
/** A larger payload is not looked at: its fields would be those of the others, or made up. */
const MOST_BYTES = 65_536;

const LOOKED = `
  SELECT event_id, toString(kind) AS kind, toUnixTimestamp64Milli(received_at) AS received_ms,
    if(length(payload) > {most_bytes:UInt32}, '', payload) AS payload
  FROM events_rows
  WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}) AND received_at < fromUnixTimestamp64Milli({to:Int64})
    AND (outbox, sequence, event_id) IN
    (
      SELECT outbox, sequence, event_id
      FROM events_rows
      WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}) AND received_at < fromUnixTimestamp64Milli({to:Int64})
      ORDER BY cityHash64(event_id)
      LIMIT {most:UInt32} BY kind
    )`;

const HOURS = `
  SELECT DISTINCT toUnixTimestamp(toStartOfHour(received_at)) * 1000 AS hour_ms
  FROM events_rows
  WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}) AND received_at < fromUnixTimestamp64Milli({to:Int64})
  ORDER BY hour_ms`;

const KNOWN = `
  SELECT toString(kind) AS kind, is_problem, path, type, max(looked_until) AS looked,
    toUnixTimestamp64Milli(max(last_at)) AS last_ms
  FROM ${PATHS_TABLE}
  GROUP BY kind, is_problem, path, type`;

const COLUMNS = [
  'kind',
  'is_problem',
  'path',
  'type',
  'first_at',
  'last_at',
  'looked_before',
  'looked_until',
  'example_event_id',
  'ids',
] as const;

export interface LookOptions {
  /** Milliseconds since 1970; absent for where it was looked last. */
  readonly fromMs?: number | undefined;
  /** Where nothing was looked at yet: so far back. */
  readonly firstMs: number;
  /** Events of each kind and hour; of more, a sample that goes by their ids. */
  readonly most: number;
  readonly nowMs: number;
  readonly limits?: ClickHouseSettings;
  readonly show?: (doneMs: number, totalMs: number) => void;
}

/**
 * Looks at the stored events for fields and problems, an hour after the other, so that each hour is compared with what
 * was before, and notes them in `payload_paths`. Repeating it, or two at it at once, counts nothing twice.
 * @returns how many events were looked at @throws ClickHouse's error; what was noted by then stands
 */
export async function look(client: ClickHouseClient, options: LookOptions): Promise<number> {
  const { firstMs, most, nowMs, limits = {}, show } = options;
  const { known, looked, lastMs } = await readKnown(client, limits);
  const fromMs = options.fromMs ?? (lastMs === undefined ? nowMs - firstMs : lastMs - OVERLAP_MS);
  let events = 0;
  for (const startMs of await hours(client, { from: fromMs, to: nowMs + 1 }, limits)) {
    const hourMs = Math.max(startMs, fromMs);
    const sightings = new Sightings(known, looked);
    const params = { from: hourMs, to: Math.min(startMs + HOUR_MS, nowMs + 1), most, most_bytes: MOST_BYTES };
    for await (const event of rowsAsTheyCome(client, params, limits)) sightings.note(event);
    await insert(client, sightings);
    for (const [kind, count] of sightings.events) {
      looked.set(kind, (looked.get(kind) ?? 0) + count);
      events += count;
    }
    show?.(Math.min(startMs + HOUR_MS, nowMs) - fromMs, nowMs - fromMs);
  }
  return events;
}

/** The hours of receipt that have events. @returns when each begins, milliseconds since 1970 */
async function hours(
  client: ClickHouseClient,
  period: { readonly from: number; readonly to: number },
  limits: ClickHouseSettings,
): Promise<number[]> {
  const rows = await rowsOf<{ hour_ms: number }>(client, HOURS, period, limits);
  return rows.map(({ hour_ms }) => hour_ms);
}

interface KnownRow {
  readonly kind: string;
  readonly is_problem: boolean;
  readonly path: string;
  readonly type: string;
  readonly looked: number;
  readonly last_ms: number;
}

async function readKnown(client: ClickHouseClient, limits: ClickHouseSettings) {
  const rows = await rowsOf<KnownRow>(client, KNOWN, {}, limits);
  const known = new Map<string, Set<string>>(KINDS.map((kind) => [kind, new Set()]));
  for (const row of rows) known.get(row.kind)?.add(keyOf(row));
  const bodies = rows.filter(({ is_problem, path }) => !is_problem && path === '');
  const looked = new Map(bodies.map((row) => [row.kind, row.looked]));
  const lastMs = rows.length === 0 ? undefined : Math.max(...rows.map(({ last_ms }) => last_ms));
  return { known, looked, lastMs };
}

async function* rowsAsTheyCome(
  client: ClickHouseClient,
  query_params: Record<string, unknown>,
  limits: ClickHouseSettings,
): AsyncGenerator<Looked> {
  const result = await client.query({
    query: LOOKED,
    query_params,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0, ...limits },
  });
  for await (const rows of result.stream<Looked>()) for (const row of rows) yield row.json();
}

async function insert(client: ClickHouseClient, sightings: Sightings): Promise<void> {
  const values = sightings.rows().map((row) => ({
    ...row,
    first_at: dateTime(row.first_at),
    last_at: dateTime(row.last_at),
  }));
  if (values.length === 0) return;
  await client.insert({ table: PATHS_TABLE, values, format: 'JSONEachRow', columns: [...COLUMNS] });
}
