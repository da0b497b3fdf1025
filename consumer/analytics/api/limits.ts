import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';

/** What one question may take of ClickHouse. */
export interface QueryLimits {
  readonly seconds: number;
  /** Rows that it reads, by what its indexes say before it begins. */
  readonly rowsToRead: number;
  /** Of its answer. */
  readonly resultRows: number;
  readonly resultBytes: number;
  readonly memoryBytes: number;
}

/**
 * Two years of a business of a hundred million events read 20 million rows for a question about outcomes, and 100 million
 * for one about all events. A page of a list has 10,000 rows, and no other answer as many.
 */
export const LIMITS: QueryLimits = {
  seconds: 15,
  rowsToRead: 1_000_000_000,
  resultRows: 100_000,
  resultBytes: 64_000_000,
  memoryBytes: 2_000_000_000,
};

interface ServerSetting {
  readonly name: string;
  readonly value: string;
  readonly max: string | null;
  readonly is_fixed: number;
}

/**
 * The limits as settings of a query. The server's own, in the user's profile, stand where they are stricter: one above
 * what it allows would be refused, and nothing read.
 * @throws what the client throws
 */
export async function settingsWithin(
  client: ClickHouseClient,
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<ClickHouseSettings> {
  const wanted: Readonly<Record<string, number>> = {
    max_execution_time: limits.seconds,
    max_rows_to_read: limits.rowsToRead,
    max_result_rows: limits.resultRows,
    max_result_bytes: limits.resultBytes,
    max_memory_usage: limits.memoryBytes,
  };
  const result = await client.query({
    query: `SELECT name, value, max, readonly AS is_fixed FROM system.settings WHERE name IN {names:Array(String)}`,
    query_params: { names: Object.keys(wanted) },
    format: 'JSONEachRow',
    abort_signal: signal,
  });
  const settings: [string, string][] = [];
  for (const { name, value, max, is_fixed } of await result.json<ServerSetting>()) {
    const own = Number(value) === 0 ? Number.POSITIVE_INFINITY : Number(value);
    const most = Math.min(wanted[name] ?? 0, max === null ? Number.POSITIVE_INFINITY : Number(max));
    if (is_fixed === 0 && most < own) settings.push([name, String(most)]);
  }
  return {
    // Where an answer would be longer, it is no answer: the end of it must not be missing.
    result_overflow_mode: 'throw',
    read_overflow_mode: 'throw',
    timeout_overflow_mode: 'throw',
    // Ends it when the connection does.
    cancel_http_readonly_queries_on_client_close: 1,
    ...Object.fromEntries(settings),
  };
}
