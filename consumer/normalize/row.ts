import { fitsDateTime } from '../../schemas/date-time.ts';
import type { EventHead } from '../../schemas/event.ts';
import { instant } from '../../schemas/values.ts';
import { type DateTimeText, dateTime } from './date-time-text.ts';

/** Decimal digits of a UInt64, as text because a double cannot hold them all. */
export type UInt64Text = string;

/** The columns that every fact table has. */
export interface FactColumns {
  readonly event_id: string;
  readonly app_id: string;
  readonly occurred_at: DateTimeText;
  readonly received_at: DateTimeText;
  readonly outbox: string;
  readonly sequence: number;
}

let latest: { readonly event: EventHead; readonly columns: FactColumns } | undefined;

/** The columns of a fact table that come from the event, not from its payload. */
export function factColumns(event: EventHead): FactColumns {
  // An event has two rows, made one after the other.
  if (latest?.event !== event) latest = { event, columns: columnsOf(event) };
  return latest.columns;
}

function columnsOf(event: EventHead): FactColumns {
  return {
    event_id: event.id,
    app_id: event.app,
    occurred_at: dateTime(event.occurredMs),
    received_at: dateTime(event.receivedMs),
    outbox: event.outbox,
    sequence: event.sequence,
  };
}

/** A time in any of the vendor's spellings; null where it is missing or beyond what the column can hold. */
export function dateTimeOrNull(value: unknown): DateTimeText | null {
  const ms = instant(value);
  return ms !== undefined && fitsDateTime(ms) ? dateTime(ms) : null;
}
