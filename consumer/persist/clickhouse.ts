import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type { ClickHouseTarget } from '../config.ts';

const INSERT_TIMEOUT_MS = 20_000;
const PING_TIMEOUT_MS = 2_000;
const CONNECTIONS = 16;

/** A client that inserts so that an answer means: it is stored. */
export function clickHouseClient(target: ClickHouseTarget): ClickHouseClient {
  return createClient({
    ...target,
    application: 'qiscus-stream',
    request_timeout: INSERT_TIMEOUT_MS,
    max_open_connections: CONNECTIONS,
    // The fastest level: JSON of many alike rows shrinks well enough, and this is the consumer's main work.
    compression: { request: { codec: 'gzip', level: 1 } },
    clickhouse_settings: {
      // Answered before it is stored, an insert could be lost after its offset moved.
      async_insert: 0,
      wait_end_of_query: 1,
      // A column that the table does not have must fail, not vanish.
      input_format_skip_unknown_fields: 0,
    },
  });
}

/** Inserts rows into a table; a row inserted again is the same row. @throws what `insertFault` sorts */
export async function insertRows(
  client: ClickHouseClient,
  table: string,
  rows: readonly object[],
  signal: AbortSignal,
): Promise<void> {
  await client.insert({ table, values: rows, format: 'JSONEachRow', abort_signal: signal });
}

/** Whether ClickHouse answers a query, within two seconds. */
export async function answers(client: ClickHouseClient): Promise<boolean> {
  try {
    const result = await client.query({
      query: 'SELECT 1',
      abort_signal: AbortSignal.timeout(PING_TIMEOUT_MS),
    });
    await result.text();
    return true;
  } catch {
    return false;
  }
}
