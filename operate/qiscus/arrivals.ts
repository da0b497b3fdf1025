import { reportClient } from '../../consumer/analytics/report/report.ts';
import { askOutboxes } from '../../consumer/books/audit/outboxes.ts';
import { withClickHouse } from '../../consumer/cli/clickhouse.ts';
import { CommandError } from '../../consumer/cli/command.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import type { QiscusSettings } from './settings.ts';

/** What has come of one kind; undefined where that cannot be asked. */
export interface Arrival {
  /** Events accepted by the Worker since its outboxes exist. */
  readonly accepted: number | undefined;
  /** Events in the table `events`. */
  readonly stored: number | undefined;
  /** When the last of those was received, in milliseconds since 1970; undefined where there is none. */
  readonly lastMs: number | undefined;
}

/** What has come, by kind, and what could not be asked. */
export interface Arrivals {
  readonly of: (kind: string) => Arrival;
  readonly troubles: readonly string[];
}

interface Stored {
  readonly kind: string;
  readonly events: number;
  readonly last_ms: number;
}

const STORED = `
  SELECT kind, toFloat64(count()) AS events, toFloat64(toUnixTimestamp64Milli(max(received_at))) AS last_ms
  FROM events
  WHERE {app:String} = '' OR app_id = {app:String}
  GROUP BY kind`;

/** Asks the Worker's `/status` and the table `events` what has come for an app, or for all. Never throws. */
export async function askArrivals(settings: QiscusSettings, app: string | undefined): Promise<Arrivals> {
  const [worker, stored] = await Promise.all([askOutboxes(settings, app), askStored(settings, app)]);
  const isKnown = worker.outboxes.size > 0 || worker.trouble === undefined;
  const accepted = (kind: string) =>
    [...worker.outboxes.values()].reduce((sum, outbox) => sum + (outbox.accepted[kind] ?? 0), 0);
  return {
    of: (kind) => ({
      accepted: isKnown ? accepted(kind) : undefined,
      stored: stored.rows === undefined ? undefined : (stored.rows.get(kind)?.events ?? 0),
      lastMs: stored.rows?.get(kind)?.last_ms,
    }),
    troubles: [worker.trouble, stored.trouble].filter((each) => each !== undefined),
  };
}

async function askStored(
  { CLICKHOUSE_URL }: QiscusSettings,
  app = '',
): Promise<{ rows?: ReadonlyMap<string, Stored>; trouble?: string }> {
  try {
    const rows = await withClickHouse(reportClient(CLICKHOUSE_URL), CLICKHOUSE_URL.url, (client) =>
      rowsOf<Stored>(client, STORED, { app }),
    );
    return { rows: new Map(rows.map((row) => [row.kind, row])) };
  } catch (error) {
    if (error instanceof CommandError) return { trouble: error.message };
    throw error;
  }
}
