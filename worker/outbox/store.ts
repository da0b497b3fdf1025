import { NO_LINK } from '../../schemas/chain.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Published } from '../publish/publisher.ts';
import { Counters } from './counters.ts';
import type { ErasedPart, ErasePart } from './erase.ts';
import { type Appended, type Arrival, Group, idIn, idsOf } from './group.ts';
import { Ids, type NewId } from './ids.ts';
import type { Known } from './new-event.ts';
import { type Batch, Outgoing } from './outgoing.ts';
import { mostIds, Room } from './room.ts';
import type { Accepted } from './segments.ts';
import type { BatchLimits } from './singles.ts';
import type { Storage } from './storage.ts';
import { prepareTables, type SetAside } from './tables.ts';

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
    const { appended, accepted } = this.#transact(() => {
      const known = this.#ids.find(arrivals.flatMap(({ event }) => idsOf(event)));
      const room = new Room(this.#storage.sql, this.counters, this.#limits.maxBytes);
      const group = new Group({ known, room, counters: this.counters, nowMs });
      const endings = arrivals.map((arrival) => group.take(arrival));
      if (group.accepted.length > 0) this.#keep(group.accepted, nowMs);
      return { appended: endings, accepted: group.accepted };
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
