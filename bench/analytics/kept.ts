import type { ClickHouseClient } from '@clickhouse/client';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import { keepAll } from '../../consumer/outcomes/keep.ts';

/**
 * What the consumer does beside its inserts, so that what is kept (and not worked out when it is asked for) follows the
 * tables. Called after each step of the loading, and once for data that was loaded before.
 */
export async function bringUpToDate(client: ClickHouseClient): Promise<void> {
  await keepAll(client);
  await keepBooks(client, { quietMs: 0 });
}
