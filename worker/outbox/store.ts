import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Published } from '../publish/publisher.ts';
import { Counters } from './counters.ts';
import type { ErasedPart, ErasePart } from './erase.ts';
import { Ids, type NewId } from './ids.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import { type Batch, Outgoing } from './outgoing.ts';
import { mostIds, Room } from './room.ts';
import type { Accepted } from './segments.ts';
import type { BatchLimits } from './singles.ts';
import type { Storage } from './storage.ts';
import { prepareTables, type SetAside } from './tables.ts';

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

/** What the store is to hold to. */
export interface Limits {
  /** Bytes that the database may grow to. */
  readonly maxBytes: number;
  /** How long an event's id is remembered, at the least. */
  readonly dedupMs: number;
}

/** So many acknowledged events are written down at once, where no commit comes that they could go with. */
const MOST_UNWRITTEN = 2_000;

/** What the outbox keeps. Each method is one transaction at most, and nothing in it waits. */
export class Store {
  readonly #storage: Storage;
  readonly #limits: Limits;
  readonly #ids: Ids;
  readonly #outgoing: Outgoing;
  readonly counters: Counters;

  constructor(storage: Storage, limits: Limits) {
    this.#storage = storage;
    this.#limits = limits;
    storage.transactionSync(() => prepareTables(storage.sql));
    this.counters = new Counters(storage.sql);
    const remembering = { dedupMs: limits.dedupMs, mostIds: mostIds(limits.maxBytes) };
    this.#ids = new Ids(storage.sql, this.counters, remembering);
    this.#outgoing = new Outgoing(storage.sql, this.counters);
  }

  /** Keeps each event under the next sequence number, unless it is kept already, out of place, or there is no room. */
  append(arrivals: readonly Arrival[], nowMs: number): Appended[] {
    const accepted: Accepted[] = [];
    const appended = this.#transact(() => {
      const known = this.#ids.find(arrivals.flatMap(({ event }) => idsOf(event)));
      const room = new Room(this.#storage.sql, this.counters, this.#limits.maxBytes);
      const chain = this.counters.text('chain') ?? NO_LINK;
      const group: Group = { known, room, accepted, nowMs, chain };
      const endings = arrivals.map((arrival) => this.#appendOne(arrival, group));
      if (accepted.length > 0) this.#keep(accepted, nowMs);
      return endings;
    });
    this.#outgoing.queue(accepted);
    return appended;
  }

  /** Takes a person out of a part of what waits. */
  erase(part: ErasePart): ErasedPart {
    const { payloads, ...ending } = this.#transact(() => this.#outgoing.erase(part));
    if (!part.isDryRun) this.#outgoing.rewriteQueue(payloads);
    return ending;
  }

  /** All up to a sequence number is durable, and may be published. */
  confirm(sequence: number): void {
    this.#outgoing.confirm(sequence);
  }

  /** The id under which an event is kept here already, counted as a duplicate; undefined when it is not. */
  recall(event: Known): string | undefined {
    const known = this.#ids.find(idsOf(event));
    const id = idIn(known, event);
    if (id !== undefined) this.#transact(() => this.counters.add('duplicates', 1));
    return id;
  }

  /** From now on, nothing is taken from who knows only a layout before this generation. */
  fence(generation: number): void {
    this.#transact(() => {
      this.counters.set('generation', Math.max(generation, this.counters.number('generation')));
    });
  }

  /** The oldest events to publish, in order, of kinds that are not held; undefined when there are none. */
  next(limits: BatchLimits, held: readonly Kind[]): Batch | undefined {
    return this.#outgoing.next(limits, held);
  }

  /** The oldest events of a kind that was held. */
  nextOf(kind: Kind, limits: BatchLimits): Batch | undefined {
    return this.#outgoing.singles(limits, [kind]);
  }

  /** Drops those events of a batch that the broker acknowledged, and keeps apart those that it refused. */
  settle(batch: Batch, published: Published, nowMs: number): void {
    if (this.#outgoing.isUntouched(batch, published)) return;
    if (!this.#outgoing.isThrough(batch, published)) {
      this.#transact(() => this.#outgoing.settle(batch, published, nowMs));
    }
    this.#outgoing.pass(batch, published);
    if (this.#outgoing.unwritten.events >= MOST_UNWRITTEN) this.flush();
  }

  /** Writes what was acknowledged and not written yet: after a restart, it would be published again. */
  flush(): void {
    if (this.#outgoing.unwritten.events > 0) this.#transact(() => undefined);
  }

  /** Lets events be tried again that were set aside at or before a time. */
  release(setAsideMs: number): void {
    if (this.counters.number('set_aside') > 0) this.#transact(() => this.#outgoing.release(setAsideMs));
  }

  /** The oldest events that are set aside. */
  setAsideEvents(limit: number): SetAside[] {
    return this.#outgoing.setAsideEvents(limit);
  }

  get databaseSize(): number {
    return this.#storage.sql.databaseSize;
  }

  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Events accepted and not acknowledged, with the bytes of their payloads, and those that were acknowledged. */
  amounts(): { pending: number; pendingBytes: number; published: number } {
    const { events, bytes } = this.#outgoing.unwritten;
    return {
      pending: this.counters.number('pending') - events,
      pendingBytes: this.counters.number('pending_bytes') - bytes,
      published: this.counters.number('published') + events,
    };
  }

  /** Whether anything is pending that is not set aside. */
  isPublishable(): boolean {
    return this.amounts().pending > this.counters.number('set_aside');
  }

  /** The sequence number up to which every event is published or set aside. */
  publishedSequence(): number {
    return this.#outgoing.publishedSequence();
  }

  /** When the oldest pending event was stored; undefined when there is none. */
  oldestPendingMs(): number | undefined {
    return this.#outgoing.oldestMs();
  }

  /**
   * Since when ids are remembered, milliseconds since 1970, where the oldest had to give way to events before their
   * time; undefined while all are remembered that should be.
   */
  remembersSinceMs(nowMs: number): number | undefined {
    const sinceMs = this.counters.number('remembers_since_ms');
    return sinceMs > nowMs - this.#limits.dedupMs ? sinceMs : undefined;
  }

  /** Notes why publishing failed, for `/status`. */
  fault(what: string, nowMs: number): void {
    this.#transact(() => {
      this.counters.set('last_fault', what);
      this.counters.set('last_fault_ms', nowMs);
    });
  }

  /** Whether ids take so much of the room that the oldest are to be forgotten before their time. */
  get hasTooManyIds(): boolean {
    return this.#ids.isTooMany;
  }

  /** Forgets a part of the ids that are too old, or too many; whether there may be more. */
  purge(nowMs: number): boolean {
    return this.#transact(() => {
      const { hasMore, sinceMs } = this.#ids.forget(nowMs);
      if (sinceMs !== undefined) this.counters.set('remembers_since_ms', sinceMs);
      return hasMore;
    });
  }

  #appendOne({ event, place }: Arrival, group: Group): Appended {
    if (place.generation < this.counters.number('generation')) return { outcome: 'stale' };
    const id = idIn(group.known, event);
    if (id !== undefined) {
      // The same arrival, whose answer was lost on the way: its sender has heard of none yet.
      const isSameArrival = id === event.id && group.known.get(id) === event.receivedMs;
      const duplicate = !(isSameArrival && place.isUnanswered);
      if (duplicate) this.counters.add('duplicates', 1);
      return { outcome: 'kept', id, duplicate };
    }
    const bytes = Buffer.byteLength(event.payload);
    if (!group.room.take(bytes)) return { outcome: 'full' };
    const { retryOf, ...kept } = event;
    const sequence = this.counters.number('last_sequence') + group.accepted.length + 1;
    group.chain = linkOf(group.chain, event);
    const { chain, nowMs: storedMs } = group;
    group.accepted.push({ ...kept, outbox: place.outbox, sequence, bytes, storedMs, chain });
    group.known.set(event.id, event.receivedMs);
    return { outcome: 'kept', id: event.id, duplicate: false };
  }

  #keep(accepted: readonly Accepted[], nowMs: number): void {
    this.#ids.add(
      accepted.map(({ id, receivedMs }): NewId => [id, receivedMs]),
      nowMs,
    );
    this.#outgoing.store(accepted);
    for (const { kind, bytes, outbox, chain = NO_LINK } of accepted) {
      this.counters.set('outbox', outbox);
      this.counters.set('chain', chain);
      this.counters.add(`accepted.${kind}`, 1);
      this.counters.add('pending_bytes', bytes);
    }
    this.counters.add('last_sequence', accepted.length);
    this.counters.add('pending', accepted.length);
  }

  #transact<Result>(work: () => Result): Result {
    try {
      const result = this.#storage.transactionSync(() => {
        this.#outgoing.write();
        const done = work();
        this.counters.save();
        return done;
      });
      this.#outgoing.written();
      return result;
    } catch (error) {
      this.counters.reload();
      this.#ids.reload();
      throw error;
    }
  }
}

/** What is shared by the events that are stored in one transaction. */
interface Group {
  /** When those events were received that are kept already, by id. */
  readonly known: Map<string, number>;
  readonly room: Room;
  readonly accepted: Accepted[];
  readonly nowMs: number;
  /** The last link of the outbox's chain. */
  chain: string;
}

/** All ids by which an event may be known. */
function idsOf({ id, retryOf }: Known): readonly string[] {
  return retryOf === undefined ? [id] : [id, ...retryOf.ids];
}

/** The id by which an event is known; undefined when it is new. */
function idIn(known: ReadonlyMap<string, number>, { id, retryOf }: Known): string | undefined {
  if (known.has(id)) return id;
  return retryOf?.ids.find((each) => {
    const receivedMs = known.get(each) ?? Number.NEGATIVE_INFINITY;
    return receivedMs > retryOf.receivedAfterMs && receivedMs < retryOf.receivedBeforeMs;
  });
}
