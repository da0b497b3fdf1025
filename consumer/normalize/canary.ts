import type { EventHead } from '../../schemas/event.ts';
import type { Source } from '../work.ts';
import { type EventRow, eventRow } from './event.ts';

/** A row of `canaries`. */
export type CanaryRow = Pick<
  EventRow,
  'event_id' | 'received_at' | 'outbox' | 'sequence' | 'trace_id' | 'topic' | 'partition' | 'offset'
>;

/** The row of a canary, which has no other. */
export function canaryRow(event: EventHead, source: Source): CanaryRow {
  return eventRow(event, '', source);
}
