import type { StreamEvent } from '../../schemas/event.ts';
import type { Source } from '../work.ts';
import { type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `events`. */
export interface EventRow extends FactColumns {
  readonly kind: string;
  readonly payload: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: UInt64Text;
}

/** The row that every event has in `events`, whatever its kind and whether or not it can be normalized. */
export function eventRow(event: StreamEvent, { topic, partition, message }: Source): EventRow {
  return {
    ...factColumns(event),
    kind: event.kind,
    payload: event.payload,
    topic,
    partition,
    offset: message.offset,
  };
}
