import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { BOOK_PAGES_TABLE } from '../../persist/tables.ts';

/** Sequence numbers of an outbox: those from `page` times 16,384 on. */
export interface Page {
  readonly outbox: string;
  readonly page: number;
}

/** More are not named, since a URL has little room: every page is taken then, which is right as well. */
const MOST_NAMED = 100;

/** Whether a row is of one of these pages, or of any where there are many; its values are those of `paramsOf`. */
export function inPages(pages: readonly Page[], outbox: string, page: string): string {
  if (pages.length > MOST_NAMED) return '1';
  return `has(arrayZip({outboxes:Array(String)}, {pages:Array(UInt64)}), (${outbox}, ${page}))`;
}

export function paramsOf(pages: readonly Page[]): Record<string, unknown> {
  if (pages.length > MOST_NAMED) return {};
  return { outboxes: pages.map(({ outbox }) => outbox), pages: pages.map(({ page }) => page) };
}

/** As a table, the places of those rows of these tables that a condition is true of. */
export function placesIn(tables: readonly string[], where: string): string {
  const places = tables.map(
    (table) => `SELECT outbox, sequence, event_id, received_at FROM ${table} WHERE ${where}`,
  );
  return `(${places.join(' UNION ALL ')})`;
}

/** Opens pages so that, whatever is inserted later, none is ever again touched as often as when it was sealed. */
export async function touch(client: ClickHouseClient, pages: readonly Page[]): Promise<void> {
  const touches = Date.now() * 1_000;
  const touched_at = dateTime(Date.now());
  const values = pages.map(({ outbox, page }) => ({
    outbox,
    page,
    entry: 'recount',
    kind: '',
    touches,
    touched_at,
  }));
  await client.insert({ table: BOOK_PAGES_TABLE, values, format: 'JSONEachRow' });
}

/** Runs a statement to its end, on every replica. @throws ClickHouse's error */
export async function rewrite(
  client: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<void> {
  await client.command({
    query,
    query_params,
    clickhouse_settings: {
      mutations_sync: '2',
      // What is asked of another table is the same on every replica.
      allow_nondeterministic_mutations: 1,
      insert_deduplicate: 0,
      do_not_merge_across_partitions_select_final: 1,
    },
  });
}
