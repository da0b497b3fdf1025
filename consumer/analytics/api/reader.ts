import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
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
    // One more, so that a ping does not wait behind queries.
    max_open_connections: QUERIES_AT_ONCE + 1,
    // What goes wrong reaches whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { readonly: '2' },
  });
}

/** Whether ClickHouse answers at all, to whomever it is: how busy it is, and who asks, is of no matter. */
export async function isThere(client: ClickHouseClient, signal: AbortSignal): Promise<boolean> {
  const pinged = await client.ping({ select: false, abort_signal: signal });
  return pinged.success || pinged.error instanceof ClickHouseError;
}
