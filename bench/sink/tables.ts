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

/** Where a table is read: a row that was inserted twice is one row there. */
export const viewOf = (table: string) => table.replace('_rows', '');

const VIEWS = TABLES.map(viewOf);

/** What stands in a view: how many rows, and a hash over all of their columns. */
export interface Content {
  readonly view: string;
  readonly rows: number;
  readonly hash: string;
}

/** How many rows there are by now, two of each event in the end, and more where some were inserted twice. */
export function countRows(client: ClickHouseClient): Promise<number> {
  return count(client, TABLES);
}

/** How many rows there are by now, two of each event in the end. It takes longer. */
export function countRowsOnce(client: ClickHouseClient): Promise<number> {
  return count(client, VIEWS);
}

async function count(client: ClickHouseClient, names: readonly string[]): Promise<number> {
  const counts = names.map((name) => `SELECT count() AS rows FROM ${name}`).join(' UNION ALL ');
  const query = `SELECT sum(rows) AS rows FROM (${counts})`;
  const result = await client.query({ query, format: 'JSONEachRow' });
  const [found] = await result.json<{ rows: number | string }>();
  return Number(found?.rows);
}

/** What stands in each view. */
export async function contentsOf(client: ClickHouseClient): Promise<readonly Content[]> {
  const contents: Content[] = [];
  for (const view of VIEWS) {
    const result = await client.query({
      query: `SELECT toString(count()) AS rows, toString(sum(cityHash64(toString(tuple(*))))) AS hash
        FROM {view:Identifier}`,
      query_params: { view },
      format: 'JSONEachRow',
    });
    const [found] = await result.json<{ rows: string; hash: string }>();
    contents.push({ view, rows: Number(found?.rows), hash: found?.hash ?? '' });
  }
  return contents;
}
