import { userInfo } from 'node:os';
import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { insertRows } from '../../persist/clickhouse.ts';
import { DISMISSALS_TABLE } from '../../persist/tables.ts';
import type { Letter } from './letters.ts';

/**
 * Closes dead letters without their events, and keeps why, by whom and when. It is the failure that is dismissed: one
 * that fails once more is open again, and so is one that is sent through again by its id.
 * @throws ClickHouse's error; those before it are dismissed
 */
export async function dismiss(
  client: ClickHouseClient,
  letters: readonly Letter[],
  because: string,
): Promise<void> {
  const dismissed_at = dateTime(Date.now());
  const dismissed_by = userName();
  const rows = letters.map(({ id, failed_at }) => ({
    id,
    failed_at,
    dismissed_at,
    dismissed_by,
    dismissed_because: because,
  }));
  await insertRows(client, DISMISSALS_TABLE, rows, new AbortController().signal);
}

/** A container may run as a user who has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
