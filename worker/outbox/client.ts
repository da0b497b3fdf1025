import { traceContext } from '../../schemas/trace-context.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Admitted } from '../admit/admit.ts';
import type { Appended } from './group.ts';
import type { FencedObject, KnownLayouts, LayoutObjects, Named } from './layout/known-layouts.ts';
import { homesOf } from './layout/layout.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import { mayAskAgain, pauseBefore, RETRIES } from './retries.ts';

/** How storing a webhook ended. */
export type Stored =
  /** 202: durable, now or when it came first. */
  | {
      readonly outcome: 'stored';
      readonly id: string;
      readonly kind: Kind;
      readonly duplicate: boolean;
      readonly problems: readonly string[];
    }
  /** 503: nothing was stored, there is no room. */
  | { readonly outcome: 'full' }
  /** 503: the outbox did not answer; sending again is safe, the id is the same. */
  | { readonly outcome: 'unavailable' };

/** What of an outbox is needed to store an event. */
export interface OutboxObject extends FencedObject {
  append(event: NewEvent, place: Place): Promise<Appended>;
  recall(event: Known): Promise<string | undefined>;
}

/** Where events are stored. */
export interface Outboxes extends LayoutObjects {
  readonly outboxes: Named<OutboxObject>;
  readonly layouts: KnownLayouts;
  /** How long an outbox remembers an event. */
  readonly dedupMs: number;
}

/** Stores an admitted webhook in the outbox of its app and key. */
export async function store(objects: Outboxes, admitted: Admitted): Promise<Stored> {
  const { event, problems } = admitted;
  const startMs = Date.now();
  let isUnanswered = false;
  for (let attempt = 1; attempt <= RETRIES.attempts; attempt++) {
    try {
      const ending = await keep(objects, admitted, isUnanswered);
      if (ending.outcome === 'full') return ending;
      if (ending.outcome === 'kept') {
        return { outcome: 'stored', id: ending.id, kind: event.kind, duplicate: ending.duplicate, problems };
      }
      objects.layouts.forget(event.app);
    } catch (error) {
      isUnanswered = true;
      // An object that moved or was reset is there again soon, and the vendor may never retry: ask once more.
      const ids = { app: event.app, event_id: event.id, trace_id: traceContext(event.traceparent)?.traceId };
      warn({ event: 'outbox-did-not-answer', ...ids, attempt, error: nameOf(error) });
      if (!mayAskAgain(error, Date.now() - startMs)) break;
      if (attempt < RETRIES.attempts) await pauseBefore(attempt + 1);
    }
  }
  return { outcome: 'unavailable' };
}

/**
 * Has an event kept in its outbox, unless one of an earlier layout has it. Between asking there and keeping it here,
 * that one can take it no more: it is fenced against everyone who does not know the layout.
 */
async function keep(objects: Outboxes, admitted: Admitted, isUnanswered: boolean): Promise<Appended> {
  const { outboxes, layouts, dedupMs } = objects;
  const { event, shardKey } = admitted;
  const layout = await layouts.of(event.app, objects);
  const { home, earlier } = homesOf(event.app, shardKey, layout, Date.now() - dedupMs);
  const known = { id: event.id, retryOf: event.retryOf };
  const recalled = await Promise.all(earlier.map((name) => outboxes.getByName(name).recall(known)));
  const id = recalled.find((each) => each !== undefined);
  if (id !== undefined) return { outcome: 'kept', id, duplicate: true };
  return outboxes
    .getByName(home)
    .append(event, { outbox: home, generation: layout.generation, isUnanswered });
}

function warn(what: Record<string, unknown>): void {
  console.warn(JSON.stringify({ level: 'warn', ...what }));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
