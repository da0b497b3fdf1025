import type { FactKind } from '../../../schemas/webhooks.ts';
import { beforeWhen, type Gone, sealedUntil } from '../retention/kept.ts';
import { ANY, and, type Condition } from './sql.ts';

/** What a rebuild cannot reach, since it is no longer kept: up to when, as `2024-10-01`; null where all is kept. */
export interface NotReached {
  readonly events_before: string | null;
  readonly messages_before: string | null;
}

/** Rows, of events or of facts, whose events are kept, and whose facts are to stand. The others stay as they are. */
export function withinReach(kind: FactKind, gone: Gone): Condition {
  return and(ofKeptEvents(gone), notDropped(kind, gone));
}

/** Rows whose events are kept. */
function ofKeptEvents({ events: { months } }: Gone): Condition {
  if (months.length === 0) return ANY;
  return {
    sql: 'NOT has({gone_events:Array(UInt32)}, toYYYYMM(received_at))',
    params: { gone_events: months },
  };
}

/** Rows that were not dropped themselves: they are not built again. */
export function notDropped(kind: FactKind, { messages: { months } }: Gone): Condition {
  if (kind !== 'message' || months.length === 0) return ANY;
  return {
    sql: 'NOT has({gone_facts:Array(UInt32)}, toYYYYMM(occurred_at))',
    params: { gone_facts: months },
  };
}

/** For programs. */
export function notReached(kind: FactKind | undefined, { events, messages }: Gone): NotReached {
  return {
    events_before: sealedUntil(events),
    messages_before: kind === 'message' ? sealedUntil(messages) : null,
  };
}

/** The same in words, a line each; none where all is kept. */
export function notReachedInText(kind: FactKind | undefined, { events, messages }: Gone): string[] {
  const lostEvents = beforeWhen(events);
  const lostMessages = kind === 'message' ? beforeWhen(messages) : undefined;
  const what = kind === undefined ? 'what they are is no longer looked at' : 'their facts stay as they are';
  return [
    ...(lostEvents === undefined ? [] : [`Events received ${lostEvents} are no longer kept: ${what}.`]),
    ...(lostMessages === undefined
      ? []
      : [`Messages ${lostMessages} are no longer kept: they are not built again.`]),
  ];
}
