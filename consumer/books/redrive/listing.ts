import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';

/** Open dead letters that failed alike. */
export interface OpenGroup {
  readonly stage: string;
  readonly reason: string;
  readonly kind: string;
  readonly letters: number;
  readonly failed_first: string;
  readonly failed_last: string;
}

/** Dead letters that one person dismissed with the same words. */
export interface DismissedGroup {
  readonly dismissed_because: string;
  readonly dismissed_by: string;
  readonly letters: number;
  readonly dismissed_last: string;
}

/** What there is of dead letters that nobody has settled. */
export interface Listing {
  readonly open: readonly OpenGroup[];
  readonly dismissed: readonly DismissedGroup[];
}

/** The dead letters by why they failed, or why they were dismissed, the most frequent first. */
export async function readListing(client: ClickHouseClient): Promise<Listing> {
  const open = await rowsOf<OpenGroup>(
    client,
    `SELECT stage, reason, kind, count() AS letters,
       min(failed_at) AS failed_first, max(failed_at) AS failed_last
     FROM dead_letters WHERE is_open
     GROUP BY stage, reason, kind ORDER BY letters DESC, stage, reason, kind`,
  );
  const dismissed = await rowsOf<DismissedGroup>(
    client,
    `SELECT dismissed_because, dismissed_by, count() AS letters, max(dismissed_at) AS dismissed_last
     FROM dead_letters WHERE is_dismissed
     GROUP BY dismissed_because, dismissed_by ORDER BY letters DESC, dismissed_because, dismissed_by`,
  );
  return { open, dismissed };
}
