import { FACT_KINDS, type FactKind } from '../../schemas/webhooks.ts';
import type { DeadLetterRow } from '../intake/dead-letter-row.ts';
import type { CanaryRow } from '../normalize/canary.ts';
import type { EventRow } from '../normalize/event.ts';
import type { FactColumns } from '../normalize/row.ts';
import type { TableRow, UnwrittenRow } from '../work.ts';
import { CANARY_COLUMNS, DEAD_LETTER_COLUMNS, EVENT_COLUMNS, FACT_COLUMNS } from './row-binary/columns.ts';
import { RowFormat } from './row-binary/row-format.ts';

/** The tables that rows are inserted into; each is read through the view of its name without `_rows`. */
export const EVENTS_TABLE = 'events_rows';
export const DEAD_LETTERS_TABLE = 'dead_letters_rows';
export const REDRIVES_TABLE = 'dead_letter_redrives';
export const FOREIGN_TABLE = 'foreign_places';
export const ERASURES_TABLE = 'erasures';
/** The books by pages; what they hold follows from the rows above. */
export const BOOK_PAGES_TABLE = 'book_pages';
export const EVENT_NUMBERS_TABLE = 'event_numbers';
export const EVENT_IDS_TABLE = 'event_ids';
export const SEALS_TABLE = 'book_seals';
export const REPEATED_IDS_TABLE = 'repeated_ids';
export const BOOK_TABLES_TABLE = 'book_tables';
/** What stays of rows that are no longer kept, and which partitions that is. */
export const CLOSED_EVENTS_TABLE = 'closed_events_rows';
export const CLOSED_MESSAGES_TABLE = 'closed_messages_rows';
export const DROPPED_TABLE = 'dropped_partitions';
export const DISMISSALS_TABLE = 'dead_letter_dismissals';
/** What has no view: it is in no answer. */
export const CANARIES_TABLE = 'canaries';
/** The fields of payloads as they were seen; written by those who look at stored events. */
export const PATHS_TABLE = 'payload_paths';
/** Sessions and resolutions by room, filled by views of the database; what of them is not kept yet; and what is kept. */
export const ROOM_LOG_TABLE = 'room_log';
export const TOUCHES_TABLE = 'room_touches';
export const KEPT_TABLE = 'kept_timeline';
export const BACKLOG_TABLE = 'room_backlog';
export const FACT_TABLES: Readonly<Record<FactKind, string>> = {
  'agent-logout': 'agent_logouts_rows',
  session: 'sessions_rows',
  resolution: 'resolutions_rows',
  message: 'messages_rows',
  allocation: 'allocations_rows',
  'custom-button': 'button_clicks_rows',
};

/** How the rows are written of each table that the stream goes to. */
export const ROW_FORMATS: ReadonlyMap<string, RowFormat> = new Map([
  [EVENTS_TABLE, new RowFormat(EVENT_COLUMNS)],
  [DEAD_LETTERS_TABLE, new RowFormat(DEAD_LETTER_COLUMNS)],
  [CANARIES_TABLE, new RowFormat(CANARY_COLUMNS)],
  ...FACT_KINDS.map((kind) => [FACT_TABLES[kind], new RowFormat(FACT_COLUMNS[kind])] as const),
]);

/** A row of `events_rows`. */
export function eventTableRow(row: EventRow<string | Uint8Array>): UnwrittenRow {
  return { table: EVENTS_TABLE, partition: monthOf(row.received_at), values: row };
}

/** A row of a kind's own table. */
export function factTableRow(kind: FactKind, row: FactColumns): UnwrittenRow {
  return { table: FACT_TABLES[kind], partition: monthOf(row.occurred_at), values: row };
}

/** A row of `dead_letters_rows`, which has one partition. */
export function deadLetterTableRow(row: DeadLetterRow): UnwrittenRow {
  return { table: DEAD_LETTERS_TABLE, partition: '', values: row };
}

/** A row of `canaries`, which has one partition. */
export function canaryTableRow(row: CanaryRow): UnwrittenRow {
  return { table: CANARIES_TABLE, partition: '', values: row };
}

/** A row as its table takes it. @throws UnfitValueError */
export function written({ table, partition, values }: UnwrittenRow): TableRow {
  return { table, partition, bytes: formatOf(table).encode(values) };
}

/** How the rows of a table are written. @throws RangeError for a table that the stream does not go to */
export function formatOf(table: string): RowFormat {
  const format = ROW_FORMATS.get(table);
  if (format === undefined) throw new RangeError(`${table} is none of the stream's tables`);
  return format;
}

let latestMonth = '';

/** `YYYY-MM`: the migrations partition by `toYYYYMM`. Rows of a lot share the text of nearly always one month. */
function monthOf(time: string): string {
  if (!time.startsWith(latestMonth) || latestMonth === '') latestMonth = time.slice(0, 7);
  return latestMonth;
}
