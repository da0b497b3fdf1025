import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseTarget } from '../../config.ts';

/** Queries that run at once, whoever asks: the rest of ClickHouse is for the inserts. */
export const QUERIES_AT_ONCE = 3;

/**
 * A client that reads and cannot write: its user may not, and each query says so once more (readonly 2: no writes and
 * no DDL, while limits such as the time of a query can be set). The caller closes it.
 */
export function readerClient(target: ClickHouseTarget): ClickHouseClient {
  return createClient({
    ...target,
    application: 'qiscus-stream-dashboard',
    max_open_connections: QUERIES_AT_ONCE,
    // What goes wrong reaches whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { readonly: '2' },
  });
}
