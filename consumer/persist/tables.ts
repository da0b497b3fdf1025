import type { FactKind } from '../../schemas/webhooks.ts';
import type { DeadLetterRow } from '../intake/dead-letter-row.ts';
import type { EventRow } from '../normalize/event.ts';
import type { FactColumns } from '../normalize/row.ts';
import type { TableRow } from '../work.ts';

/** The tables that rows are inserted into; each is read through the view of its name without `_rows`. */
export const EVENTS_TABLE = 'events_rows';
export const DEAD_LETTERS_TABLE = 'dead_letters_rows';
export const REDRIVES_TABLE = 'dead_letter_redrives';
export const FOREIGN_TABLE = 'foreign_places';
export const DISMISSALS_TABLE = 'dead_letter_dismissals';
export const FACT_TABLES: Readonly<Record<FactKind, string>> = {
  'agent-logout': 'agent_logouts_rows',
  session: 'sessions_rows',
  resolution: 'resolutions_rows',
  message: 'messages_rows',
  allocation: 'allocations_rows',
  'custom-button': 'button_clicks_rows',
};

/** A row of `events_rows`, in the partition that the table puts it in. */
export function eventTableRow(row: EventRow): TableRow {
  return { table: EVENTS_TABLE, row, partition: monthOf(row.received_at) };
}

/** A row of a kind's own table, in the partition that the table puts it in. */
export function factTableRow(kind: FactKind, row: FactColumns): TableRow {
  return { table: FACT_TABLES[kind], row, partition: monthOf(row.occurred_at) };
}

/** A row of `dead_letters_rows`, which has one partition. */
export function deadLetterTableRow(row: DeadLetterRow): TableRow {
  return { table: DEAD_LETTERS_TABLE, row, partition: '' };
}

/** `YYYY-MM`: the migrations partition by `toYYYYMM`. */
function monthOf(time: string): string {
  return time.slice(0, 7);
}
