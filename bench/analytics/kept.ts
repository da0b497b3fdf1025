import type { ClickHouseClient } from '@clickhouse/client';

/**
 * What the consumer does beside its inserts, so that what is kept (and not worked out when it is asked for) follows the
 * tables. Called after each step of the loading, and once for data that was loaded before.
 */
export async function bringUpToDate(_client: ClickHouseClient): Promise<void> {
  // Everything stands in materialized views, which follow by themselves, or is worked out when it is asked for.
}
