import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { Counters } from './counters.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import { type BatchLimits, Pending } from './pending.ts';
import { isFull, isFullOfIds } from './room.ts';
import { Seen } from './seen.ts';
import type { Storage } from './storage.ts';
import { type PendingRow, type SetAside, TABLES } from './tables.ts';

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
  /** How long an event's id is remembered. */
  readonly dedupMs: number;
}

const PURGE_ROWS = 5_000;
/** What the outbox keeps. Each method is one transaction, and nothing in it waits. */
export class Store {
  readonly #storage: Storage;
  readonly #limits: Limits;
  readonly #seen: Seen;
  readonly #pending: Pending;
  readonly counters: Counters;

  constructor(storage: Storage, limits: Limits) {
    this.#storage = storage;
    this.#limits = limits;
    storage.sql.exec(TABLES);
    this.counters = new Counters(storage.sql);
    this.#seen = new Seen(storage.sql);
    this.#pending = new Pending(storage.sql);
  }

  /** Keeps each event under the next sequence number, unless it is kept already, out of place, or there is no room. */
  append(arrivals: readonly Arrival[], nowMs: number): Appended[] {
    return this.#transact(() => arrivals.map((arrival) => this.#appendOne(arrival, nowMs)));
  }

  /** The id under which an event is kept here already, counted as a duplicate; undefined when it is not. */
  recall(event: Known): string | undefined {
    const id = this.#seen.find(event)?.id;
    if (id !== undefined) this.#transact(() => this.counters.add('duplicates', 1));
    return id;
  }

  /** From now on, nothing is taken from who knows only a layout before this generation. */
  fence(generation: number): void {
    this.#transact(() => {
      this.counters.set('generation', Math.max(generation, this.counters.number('generation')));
    });
  }

  /** The oldest events to publish, in order, of kinds that are not held: one, and more within the limits. */
  batch(limits: BatchLimits, held: readonly Kind[]): StreamEvent[] {
    return this.#pending.batch(limits, held).map((row) => this.#toEvent(row));
  }

  /** Drops the bodies of events that the broker acknowledged; their ids stay remembered. */
  published(events: readonly StreamEvent[]): void {
    if (events.length === 0) return;
    this.#transact(() => {
      const bytes = this.#pending.drop(events.map(({ sequence }) => sequence));
      this.counters.add('published', bytes.length);
      this.counters.add('pending', -bytes.length);
      this.counters.add('pending_bytes', -bytes.reduce((sum, each) => sum + each, 0));
    });
  }

  /** Keeps an event that the broker will not take out of the way of those behind it. */
  setAside(event: StreamEvent, reason: string, nowMs: number): void {
    this.#transact(() => {
      this.#pending.setAside(event.sequence, reason, nowMs);
      this.counters.add('set_aside', 1);
    });
  }

  /** Lets events be tried again that were set aside at or before a time. */
  release(setAsideMs: number): void {
    if (this.counters.number('set_aside') === 0) return;
    this.#transact(() => this.counters.add('set_aside', -this.#pending.release(setAsideMs)));
  }

  /** The oldest events that are set aside. */
  setAsideEvents(limit: number): SetAside[] {
    return this.#pending.setAsideEvents(limit);
  }

  get databaseSize(): number {
    return this.#storage.sql.databaseSize;
  }

  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Whether anything is pending that is not set aside. */
  isPublishable(): boolean {
    return this.counters.number('pending') > this.counters.number('set_aside');
  }

  /** The sequence number up to which every event is published or set aside. */
  publishedSequence(): number {
    const oldest = this.#pending.firstSequence();
    return oldest === undefined ? this.counters.number('last_sequence') : oldest - 1;
  }

  /** When the oldest pending event was stored; undefined when there is none. */
  oldestPendingMs(): number | undefined {
    return this.#pending.oldestMs();
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
    return isFullOfIds(this.counters, this.#limits.maxBytes);
  }

  /** Forgets ids that are too old, or too many, some thousands at most; whether there may be more. */
  purge(nowMs: number): boolean {
    const isEarly = this.hasTooManyIds;
    const beforeMs = isEarly ? Number.MAX_SAFE_INTEGER : nowMs - this.#limits.dedupMs;
    const count = this.#transact(() => {
      const forgotten = this.#seen.forget(beforeMs, PURGE_ROWS);
      this.counters.add('forgotten', forgotten);
      if (isEarly) this.counters.set('remembers_since_ms', this.#seen.oldestMs() ?? nowMs);
      return forgotten;
    });
    return count === PURGE_ROWS;
  }

  #appendOne({ event, place }: Arrival, nowMs: number): Appended {
    if (place.generation < this.counters.number('generation')) return { outcome: 'stale' };
    const known = this.#seen.find(event);
    if (known !== undefined) {
      // The same arrival, whose answer was lost on the way: its sender has heard of none yet.
      const isSameArrival = known.id === event.id && known.receivedMs === event.receivedMs;
      const duplicate = !(isSameArrival && place.isUnanswered);
      if (duplicate) this.counters.add('duplicates', 1);
      return { outcome: 'kept', id: known.id, duplicate };
    }
    const bytes = Buffer.byteLength(event.payload);
    if (isFull(bytes, this.#storage.sql, this.counters, this.#limits.maxBytes)) return { outcome: 'full' };

    const sequence = this.counters.number('last_sequence') + 1;
    this.#seen.add({ sequence, id: event.id, receivedMs: event.receivedMs, storedMs: nowMs });
    this.#pending.add({ event, sequence, bytes, storedMs: nowMs });
    this.counters.set('outbox', place.outbox);
    this.counters.set('last_sequence', sequence);
    this.counters.add(`accepted.${event.kind}`, 1);
    this.counters.add('pending', 1);
    this.counters.add('pending_bytes', bytes);
    return { outcome: 'kept', id: event.id, duplicate: false };
  }

  #toEvent(row: PendingRow): StreamEvent {
    const outbox = this.counters.text('outbox') ?? '';
    return {
      id: row.id,
      app: outbox.slice(0, outbox.lastIndexOf('/')),
      kind: row.kind as Kind,
      subject: row.subject,
      occurredMs: row.occurred_ms,
      receivedMs: row.received_ms,
      outbox,
      sequence: row.sequence,
      payload: row.payload,
      traceparent: row.traceparent ?? undefined,
    };
  }

  #transact<Result>(work: () => Result): Result {
    try {
      return this.#storage.transactionSync(() => {
        const result = work();
        this.counters.save();
        return result;
      });
    } catch (error) {
      this.counters.reload();
      throw error;
    }
  }
}
