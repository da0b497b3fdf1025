import { fitsDateTime } from '../../schemas/date-time.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { instant } from '../../schemas/values.ts';

/** `YYYY-MM-DD HH:MM:SS.mmm`, UTC: what ClickHouse reads as DateTime64 without any setting. */
export type DateTimeText = string;
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

/** The columns of a fact table that come from the event, not from its payload. */
export function factColumns(event: StreamEvent): FactColumns {
  return {
    event_id: event.id,
    app_id: event.app,
    occurred_at: dateTime(event.occurredMs),
    received_at: dateTime(event.receivedMs),
    outbox: event.outbox,
    sequence: event.sequence,
  };
}

/** A time as ClickHouse's text. @param ms milliseconds since 1970 */
export function dateTime(ms: number): DateTimeText {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** A time in any of the vendor's spellings; null where it is missing or beyond what the column can hold. */
export function dateTimeOrNull(value: unknown): DateTimeText | null {
  const ms = instant(value);
  return ms !== undefined && fitsDateTime(ms) ? dateTime(ms) : null;
}
