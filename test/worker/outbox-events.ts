import { RETRY_WINDOW_MS } from '../../schemas/identify.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Arrival } from '../../worker/outbox/group.ts';
import type { NewEvent } from '../../worker/outbox/new-event.ts';
import type { Batch } from '../../worker/outbox/outgoing.ts';
import type { Store } from '../../worker/outbox/store.ts';
import type { Published } from '../../worker/publish/publisher.ts';

export const BATCH = { events: 100, bytes: 1_000_000 };
export const PLACE = { outbox: 'demo/0', generation: 1 };

/** The id of an event that a test calls by a name of up to 16 letters. */
export const idOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(32, '0');

/** What a test calls the event with an id. */
export const nameOf = (id: string): string => Buffer.from(id, 'hex').toString().replaceAll('\0', '');

/** An event of that name, as it arrives. */
export const event = (name: string, more: Partial<NewEvent> = {}, generation = 1): Arrival => ({
  event: {
    id: idOf(name),
    retryOf: undefined,
    app: 'demo',
    kind: 'session',
    subject: '1',
    occurredMs: 5,
    receivedMs: 20_000,
    payload: '{}',
    traceparent: undefined,
    ...more,
  },
  place: { ...PLACE, generation },
});

/** An event without natural identity that would have another id a little earlier or later. */
export const retried = (name: string, otherName: string, receivedMs: number): Arrival =>
  event(name, {
    receivedMs,
    retryOf: {
      ids: [idOf(otherName)],
      receivedAfterMs: receivedMs - RETRY_WINDOW_MS,
      receivedBeforeMs: receivedMs + RETRY_WINDOW_MS,
    },
  });

/** How the append of an event ended that is new. */
export const kept = (name: string) => ({ outcome: 'kept', id: idOf(name), duplicate: false });

/** How the append of an event ended that was there already. */
export const duplicate = (name: string) => ({ outcome: 'kept', id: idOf(name), duplicate: true });

/** What is next to publish of a store all of whose events are durable. */
export function next(store: Store, held: readonly Kind[] = [], limits = BATCH): Batch | undefined {
  store.confirm(store.counters.number('last_sequence'));
  return store.next(limits, held);
}

/** The events of the next batch. */
export const nextEvents = (...of: Parameters<typeof next>) => next(...of)?.events ?? [];

/** The names of the events of the next batch. */
export const nextNames = (...of: Parameters<typeof next>) => nextEvents(...of).map(({ id }) => nameOf(id));

/** Ends a batch: acknowledged, but for what is said otherwise. */
export function settle(
  store: Store,
  batch: Batch | undefined,
  published: Partial<Published> = {},
  nowMs = 5,
): void {
  if (batch === undefined) return;
  const acknowledged = [...batch.events];
  store.settle(batch, { acknowledged, refused: [], held: [], fault: undefined, ...published }, nowMs);
}

/** Has the broker refuse one event of the next batch, and take nothing else of it. */
export function refuse(store: Store, name: string, reason: string, nowMs = 5): void {
  const batch = next(store);
  const refused = (batch?.events ?? []).filter(({ id }) => id === idOf(name));
  const refusals = refused.map((each) => ({ event: each, reason }));
  settle(store, batch, { acknowledged: [], refused: refusals }, nowMs);
}
