import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import type { Counters } from './counters.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import type { Room } from './room.ts';
import type { Accepted } from './segments.ts';

/** An event and the place that its sender took it to. */
export interface Arrival {
  readonly event: NewEvent;
  readonly place: Place;
}

/** How an append ended. */
export type Appended =
  /** Now, or before. */
  | { readonly outcome: 'kept'; readonly id: string; readonly duplicate: boolean }
  /** There is no room. */
  | { readonly outcome: 'full' }
  /** The shards were laid out anew since the sender looked: the event may belong elsewhere. */
  | { readonly outcome: 'stale' };

/** By what a group is judged. */
export interface GroupPorts {
  /** When those events were received that are kept already, by id. */
  readonly known: Map<string, number>;
  readonly room: Room;
  readonly counters: Counters;
  readonly nowMs: number;
}

/** Events that are appended in one transaction: tells of each whether it is kept, and places those that are new. */
export class Group {
  readonly #ports: GroupPorts;
  readonly #accepted: Accepted[] = [];
  /** The last link of the outbox's chain. */
  #chain: string;

  constructor(ports: GroupPorts) {
    this.#ports = ports;
    this.#chain = ports.counters.text('chain') ?? NO_LINK;
  }

  /** What is to be stored, in order. */
  get accepted(): readonly Accepted[] {
    return this.#accepted;
  }

  take({ event, place }: Arrival): Appended {
    const { known, room, counters, nowMs: storedMs } = this.#ports;
    if (place.generation < counters.number('generation')) return { outcome: 'stale' };
    const id = idIn(known, event);
    if (id !== undefined) {
      // The same arrival, whose answer was lost on the way: its sender has heard of none yet.
      const isSameArrival = id === event.id && known.get(id) === event.receivedMs;
      const duplicate = !(isSameArrival && place.isUnanswered);
      if (duplicate) counters.add('duplicates', 1);
      return { outcome: 'kept', id, duplicate };
    }
    const bytes = Buffer.byteLength(event.payload);
    if (!room.take(bytes)) return { outcome: 'full' };
    const { retryOf, ...kept } = event;
    const sequence = counters.number('last_sequence') + this.#accepted.length + 1;
    this.#chain = linkOf(this.#chain, event);
    this.#accepted.push({ ...kept, outbox: place.outbox, sequence, bytes, storedMs, chain: this.#chain });
    known.set(event.id, event.receivedMs);
    return { outcome: 'kept', id: event.id, duplicate: false };
  }
}

/** All ids by which an event may be known. */
export function idsOf({ id, retryOf }: Known): readonly string[] {
  return retryOf === undefined ? [id] : [id, ...retryOf.ids];
}

/** The id by which an event is known; undefined when it is new. */
export function idIn(known: ReadonlyMap<string, number>, { id, retryOf }: Known): string | undefined {
  if (known.has(id)) return id;
  return retryOf?.ids.find((each) => {
    const receivedMs = known.get(each) ?? Number.NEGATIVE_INFINITY;
    return receivedMs > retryOf.receivedAfterMs && receivedMs < retryOf.receivedBeforeMs;
  });
}
