import type { EventHead } from '../../../../schemas/event.ts';
import { fixedTime } from '../../../../schemas/fixed-time.ts';
import { type EventIds, identify } from '../../../../schemas/identify.ts';
import { objectIn } from '../../../../schemas/json.ts';
import { occurredAt, recognize } from '../../../../schemas/recognize.ts';
import type { FactKind } from '../../../../schemas/webhooks.ts';
import { dateTime } from '../../../normalize/date-time-text.ts';
import type { EventRow } from '../../../normalize/event.ts';
import { normalize } from '../../../normalize/normalize.ts';
import type { FactColumns } from '../../../normalize/row.ts';

/** What today's code makes of an event that was not recognized when it came. */
export type SecondLook =
  /** It is a fact: its row, its row in `events` with the kind and time that it has now, and what names it. */
  | {
      readonly outcome: 'recognized';
      readonly kind: FactKind;
      readonly fact: FactColumns;
      readonly event: EventRow;
      readonly naturalIds: EventIds;
    }
  /** It is recognized, and its row cannot be made; `reason` never holds content of the payload. */
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unrecognized' };

/** Looks at a stored event as the edge would now. Its id, its receipt and its place stay what they are. */
export function lookAgain(row: EventRow): SecondLook {
  // Another producer may have written what is no JSON, or no object.
  const body = objectIn(row.payload);
  const recognized = body === undefined ? undefined : recognize(body);
  if (recognized === undefined || recognized.kind === 'unrecognized') return { outcome: 'unrecognized' };
  const { kind } = recognized;
  const receivedMs = fixedTime(row.received_at);
  const occurredMs = occurredAt(recognized, receivedMs);
  const normalized = normalize(eventOf(row, kind, occurredMs), row.payload);
  if (normalized.outcome === 'refused') return { outcome: 'refused', reason: normalized.reason };
  if (normalized.outcome === 'none') return { outcome: 'unrecognized' };
  return {
    outcome: 'recognized',
    kind,
    fact: normalized.row,
    event: { ...row, kind, occurred_at: dateTime(occurredMs) },
    naturalIds: identify({ app: row.app_id, recognized, body: row.payload, receivedMs }),
  };
}

function eventOf(row: EventRow, kind: FactKind, occurredMs: number): EventHead {
  return {
    id: row.event_id,
    app: row.app_id,
    kind,
    // Where it goes in Kafka: no row holds it, and events does not keep it.
    subject: '',
    occurredMs,
    receivedMs: fixedTime(row.received_at),
    outbox: row.outbox,
    sequence: row.sequence,
  };
}
