import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { followRows } from './follow-rows.ts';
import { sealPages } from './seal.ts';

/** So long nothing must have been inserted into a page: on a replica, its sets may arrive one after the other. */
const QUIET_MS = 10_000;

export interface KeepOptions {
  /** Milliseconds that a page must have been left alone before it is sealed. */
  readonly quietMs?: number;
  /** Settings of its queries, but for those that count a table again. */
  readonly limits?: ClickHouseSettings;
  /** Told how many of the tables that must be counted again have been. */
  readonly onRecount?: (done: number, total: number) => void;
}

/**
 * Brings the books by pages up to the rows: counts a table again whose rows were changed by anything but inserts, then
 * seals the pages that nobody inserts into any more. The books are as right without it, but for such changes; they only
 * cost more. Any number may do it at a time.
 * @throws what ClickHouse's client throws; what was done by then stands
 */
export async function keepBooks(
  client: ClickHouseClient,
  { quietMs = QUIET_MS, limits = {}, onRecount = () => undefined }: KeepOptions = {},
): Promise<void> {
  await followRows(client, limits, onRecount);
  await sealPages(client, quietMs, limits);
}
