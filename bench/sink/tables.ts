import type { ClickHouseClient } from '@clickhouse/client';

export const EVENTS_TABLE = 'events_rows';

/** The tables that a contender fills: one row of an event in the first, one in one of the others. */
export const TABLES = [
  EVENTS_TABLE,
  'agent_logouts_rows',
  'sessions_rows',
  'resolutions_rows',
  'messages_rows',
  'allocations_rows',
  'button_clicks_rows',
] as const;

const ROWS = TABLES.map((table) => `SELECT count() AS rows FROM ${table}`).join(' UNION ALL ');
const VIEWS = TABLES.map((table) => table.replace('_rows', ''));
const CONTENTS = VIEWS.map(
  (view) =>
    `SELECT '${view}' AS view, count() AS rows, sum(cityHash64(toString(tuple(*)))) AS hash FROM ${view}`,
).join(' UNION ALL ');

/** How many rows there are by now, two of each event in the end; more where some were inserted twice. */
export async function countRows(client: ClickHouseClient): Promise<number> {
  const result = await client.query({
    query: `SELECT sum(rows) AS rows FROM (${ROWS})`,
    format: 'JSONEachRow',
  });
  const [found] = await result.json<{ rows: number }>();
  return Number(found?.rows);
}

/** What stands in a view: how many rows, and a hash over all of their columns. */
export interface Content {
  readonly view: string;
  readonly rows: number;
  readonly hash: string;
}

/** What stands in the tables, each event counted once. */
export async function contentsOf(client: ClickHouseClient): Promise<readonly Content[]> {
  const result = await client.query({
    query: CONTENTS,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
  const contents = await result.json<{ view: string; rows: string; hash: string }>();
  // The parts of a union come in any order.
  return contents
    .map(({ view, rows, hash }) => ({ view, rows: Number(rows), hash }))
    .toSorted((a, b) => VIEWS.indexOf(a.view) - VIEWS.indexOf(b.view));
}
