import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import { and, type Condition, type Window, within } from './sql.ts';

/** Hours, seconds, milliseconds: an hour that holds too much is divided into seconds, and those once more. */
const UNITS_MS = [3_600_000, 1_000, 1] as const;

export interface Source {
  readonly table: string;
  readonly where: Condition;
  /** What is not to exceed a window's limit, an SQL aggregate; the count of rows when absent. */
  readonly weight?: string;
}

/**
 * Divides a stretch of received times into windows, in their order and without a gap, that weigh about so much each,
 * so that memory stays bounded whatever the table holds. A millisecond is not divided.
 * @param source the rows that are weighed, copies too
 */
export function windows(
  client: ClickHouseClient,
  source: Source,
  span: Window,
  limit: number,
): AsyncGenerator<Window> {
  return divide(client, source, span, limit, 0);
}

/**
 * A stretch that ends behind the newest row of some tables, if it did not end before. What arrives later is not in
 * it: were it open, whoever works slower than events arrive would never reach its end.
 */
export async function closed(
  client: ClickHouseClient,
  { fromMs, toMs }: Window,
  tables: readonly string[],
): Promise<Window> {
  const newest = tables.map((table) => `SELECT max(received_at) AS received_at FROM ${table}`);
  const [row] = await rowsOf<{ ms: number }>(
    client,
    `SELECT toUnixTimestamp64Milli(max(received_at)) AS ms FROM (${newest.join(' UNION ALL ')})`,
  );
  const endMs = Math.max((row?.ms ?? 0) + 1, fromMs ?? 0);
  return { fromMs, toMs: Math.min(endMs, toMs ?? Infinity) };
}

/** How many rows of a source are in a window, copies too. */
export async function count(client: ClickHouseClient, source: Source, window: Window): Promise<number> {
  const { sql, params } = and(source.where, within(window));
  const [row] = await rowsOf<{ n: number }>(
    client,
    `SELECT count() AS n FROM ${source.table} WHERE ${sql}`,
    params,
  );
  return row?.n ?? 0;
}

async function* divide(
  client: ClickHouseClient,
  source: Source,
  span: Window,
  limit: number,
  level: number,
): AsyncGenerator<Window> {
  const unitMs = UNITS_MS[level] ?? 1;
  let { fromMs } = span;
  let gathered = 0;
  for (const { bucket, weight } of await buckets(client, source, span, unitMs)) {
    const startMs = Math.max(bucket * unitMs, span.fromMs ?? -Infinity);
    if (gathered > 0 && gathered + weight > limit) {
      yield { fromMs, toMs: startMs };
      fromMs = startMs;
      gathered = 0;
    }
    if (weight > limit && level + 1 < UNITS_MS.length) {
      const toMs = Math.min((bucket + 1) * unitMs, span.toMs ?? Infinity);
      yield* divide(client, source, { fromMs, toMs }, limit, level + 1);
      fromMs = toMs;
    } else gathered += weight;
  }
  if (fromMs === undefined || fromMs !== span.toMs) yield { fromMs, toMs: span.toMs };
}

function buckets(
  client: ClickHouseClient,
  { table, where, weight = 'count()' }: Source,
  span: Window,
  unitMs: number,
) {
  const { sql, params } = and(where, within(span));
  return rowsOf<{ bucket: number; weight: number }>(
    client,
    `SELECT intDiv(toUnixTimestamp64Milli(received_at), {unit:Int64}) AS bucket, ${weight} AS weight
     FROM ${table} WHERE ${sql} GROUP BY bucket ORDER BY bucket`,
    { ...params, unit: unitMs },
  );
}
