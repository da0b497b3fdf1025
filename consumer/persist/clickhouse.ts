import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from '@clickhouse/client';
import type { ClickHouseTarget } from '../config.ts';
import { isLoopback } from '../loopback.ts';

const INSERT_TIMEOUT_MS = 20_000;
const QUORUM_MARGIN_MS = 5_000;
const PING_TIMEOUT_MS = 2_000;
const CONNECTIONS = 16;

// A load balancer ends a connection on which nothing is heard for long.
const SIGNS_OF_LIFE = {
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '20000',
} as const;

export interface ClickHouseClientOptions {
  readonly requestTimeoutMs?: number;
  /** How many replicas must have a row before an answer, or `auto`: more than half of them. */
  readonly insertQuorum?: string;
}

/** A client that inserts so that an answer means: it is stored. */
export function clickHouseClient(
  target: ClickHouseTarget,
  { requestTimeoutMs = INSERT_TIMEOUT_MS, insertQuorum = '0' }: ClickHouseClientOptions = {},
): ClickHouseClient {
  return createClient({
    ...target,
    application: 'qiscus-stream',
    request_timeout: requestTimeoutMs,
    max_open_connections: CONNECTIONS,
    // It would print the server's own text, which may quote a row; who calls logs what went wrong.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: isNear(target) ? false : { codec: 'zstd', level: 1 } },
    clickhouse_settings: {
      ...(requestTimeoutMs > INSERT_TIMEOUT_MS && SIGNS_OF_LIFE),
      // Answered before it is stored, an insert could be lost after its offset moved.
      async_insert: 0,
      wait_end_of_query: 1,
      insert_quorum: insertQuorum,
      // The server must give up before its client does, to be asked again.
      insert_quorum_timeout: INSERT_TIMEOUT_MS - QUORUM_MARGIN_MS,
      // A column that the table does not have must fail, not vanish.
      input_format_skip_unknown_fields: 0,
    },
  });
}

/** Whether it is on this machine: nothing is gained there by fewer bytes. */
function isNear({ url }: ClickHouseTarget): boolean {
  return isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
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

/** Rows of a query that is not long; 64-bit integers are numbers. @throws ClickHouse's error */
export async function rowsOf<Row>(
  client: ClickHouseClient,
  query: string,
  query_params: Readonly<Record<string, unknown>> = {},
  settings: ClickHouseSettings = {},
): Promise<Row[]> {
  const result = await client.query({
    query,
    query_params: { ...query_params },
    format: 'JSONEachRow',
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      // As in the views of facts, whose copies of a row are always in one partition.
      do_not_merge_across_partitions_select_final: 1,
      ...settings,
    },
  });
  return result.json<Row>();
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
