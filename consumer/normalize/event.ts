import type { EventHead } from '../../schemas/event.ts';
import type { Source } from '../work.ts';
import { type FactColumns, factColumns, type UInt64Text } from './row.ts';

/** A row of `events`. @typeParam Payload text, or the bytes as they came */
export interface EventRow<Payload extends string | Uint8Array = string> extends FactColumns {
  readonly kind: string;
  readonly payload: Payload;
  readonly topic: string;
  readonly partition: number;
  readonly offset: UInt64Text;
  /** 64 hex digits; empty where the event has no link. */
  readonly chain: string;
}

/** The row that every event has in `events`, whatever its kind and whether or not it can be normalized. */
export function eventRow<Payload extends string | Uint8Array>(
  event: EventHead,
  payload: Payload,
  { topic, partition, message }: Source,
): EventRow<Payload> {
  return {
    ...factColumns(event),
    kind: event.kind,
    payload,
    topic,
    partition,
    offset: message.offset,
    chain: event.chain ?? '',
  };
}
