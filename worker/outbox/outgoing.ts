import { KINDS, type Kind } from '../../schemas/webhooks.ts';
import type { Published } from '../publish/publisher.ts';
import type { Counters } from './counters.ts';
import type { ErasePart } from './erase.ts';
import { type ErasedPayloads, erasePart } from './erase-part.ts';
import { Queue } from './queue.ts';
import { type Accepted, Segments } from './segments.ts';
import { type BatchLimits, Singles } from './singles.ts';
import type { Sql } from './storage.ts';
import type { SetAside } from './tables.ts';

/** Events that are to be published together. */
export interface Batch {
  /** In order. */
  readonly events: readonly Accepted[];
  /** What they are taken from: the next that wait, held kinds included; undefined where they are kept one by one. */
  readonly row: readonly Accepted[] | undefined;
  /** Whether more can be published right behind it, as far as is known. */
  readonly hasMore: boolean;
}

/** How much. */
interface Amount {
  events: number;
  bytes: number;
}

/**
 * What the broker has not acknowledged. It waits in segments, and its next part in memory; up to one sequence number
 * all has passed. To pass is to be acknowledged, or else to be kept one by one: with a topic that is held, or as one
 * that the broker refuses. Transactions are the caller's.
 */
export class Outgoing {
  readonly #counters: Counters;
  readonly #segments: Segments;
  readonly #singles: Singles;
  readonly #queue = new Queue();
  #passedSequence: number;
  #durableSequence: number;
  /** What was acknowledged and is not written yet: it goes with the next transaction. */
  #unwritten: Amount = { events: 0, bytes: 0 };

  constructor(sql: Sql, counters: Counters) {
    this.#counters = counters;
    this.#segments = new Segments(sql);
    this.#singles = new Singles(sql);
    this.#passedSequence = counters.number('passed_sequence');
    // Whoever starts reads only what is durable.
    this.#durableSequence = counters.number('last_sequence');
  }

  /** Stores events that were accepted; part of a transaction, after which `queue` follows. */
  store(events: readonly Accepted[]): void {
    this.#segments.add(events);
  }

  /** Keeps stored events in memory as well, where all that come before them are. */
  queue(events: readonly Accepted[]): void {
    const next = (this.#queue.lastSequence ?? this.#passedSequence) + 1;
    if (!this.#queue.isFull && events[0]?.sequence === next) this.#queue.push(events);
  }

  /** All up to that sequence number is durable, and may go out. */
  confirm(sequence: number): void {
    this.#durableSequence = Math.max(this.#durableSequence, sequence);
  }

  /**
   * The oldest events to publish, of kinds that are not held. What is kept one by one comes first: it is older than
   * all that waits behind it. Undefined when there is nothing; without events when all of it is to be taken apart.
   */
  next(limits: BatchLimits, held: readonly Kind[]): Batch | undefined {
    const kinds = KINDS.filter((kind) => !held.includes(kind));
    const singles = this.singles(limits, kinds);
    if (singles !== undefined) return singles;
    const queued = this.#queue.lastSequence ?? this.#passedSequence;
    if (queued < this.#durableSequence && !this.#queue.holds(limits)) {
      this.#queue.push(this.#segments.after(queued, limits, this.#outbox));
    }
    const row = this.#queue.first(limits, this.#durableSequence);
    const [last] = row.slice(-1);
    if (last === undefined) return undefined;
    const events = held.length === 0 ? row : row.filter(({ kind }) => kinds.includes(kind));
    return { row, events, hasMore: last.sequence < this.#durableSequence };
  }

  /** The oldest events to publish of those that are kept one by one, all of one kind. */
  singles(limits: BatchLimits, kinds: readonly Kind[]): Batch | undefined {
    if (this.#counters.number('singles') === 0) return undefined;
    const events = this.#singles.batch(limits, kinds, this.#outbox);
    return events.length === 0 ? undefined : { events, row: undefined, hasMore: true };
  }

  /** Whether a batch stays as it is: what an unreachable cluster took nothing of is tried again. */
  isUntouched({ row }: Batch, { acknowledged, refused, fault }: Published): boolean {
    return row !== undefined && fault?.scope === 'cluster' && acknowledged.length + refused.length === 0;
  }

  /** Whether all that a batch was taken from is through: nothing is to be written now, and `pass` is enough. */
  isThrough({ row }: Batch, { acknowledged }: Published): boolean {
    return row !== undefined && acknowledged.length === row.length;
  }

  /** Writes what became of a batch; part of a transaction, after which `pass` follows. */
  settle({ events, row = [] }: Batch, { acknowledged, refused }: Published, nowMs: number): void {
    const through = new Set(acknowledged.map(({ sequence }) => sequence));
    const [last] = row.slice(-1);
    if (last === undefined) this.#dropSingles(events, through);
    else this.#takeApart(row, through, last.sequence);
    for (const { event, reason } of refused) this.#singles.setAside(event.sequence, reason, nowMs);
    this.#counters.add('singles', -refused.length);
    this.#counters.add('set_aside', refused.length);
  }

  /** Goes on behind a batch, whose events are through, or were settled. */
  pass(batch: Batch, published: Published): void {
    const { row = [] } = batch;
    const [last] = row.slice(-1);
    if (last === undefined) return;
    if (this.isThrough(batch, published)) {
      this.#unwritten.events += row.length;
      this.#unwritten.bytes += bytesOf(row);
    }
    this.#queue.shift(row.length);
    this.#passedSequence = last.sequence;
  }

  /** Lets events be tried again that were set aside at or before a time. */
  release(setAsideMs: number): void {
    const count = this.#singles.release(setAsideMs);
    this.#counters.add('set_aside', -count);
    this.#counters.add('singles', count);
  }

  /**
   * Takes a person out of a part of what waits; part of a transaction.
   * @returns with the new payloads, which `rewriteQueue` puts in place once that is through
   */
  erase(part: ErasePart): ErasedPayloads {
    const from = { segments: this.#segments, singles: this.#singles, passedSequence: this.#passedSequence };
    return erasePart(part, from);
  }

  /** Gives the events in memory the payloads that are stored by now. */
  rewriteQueue(payloads: ReadonlyMap<number, string>): void {
    this.#queue.rewrite(payloads);
  }

  /** Writes what was acknowledged since the last time; part of a transaction, after which `written` follows. */
  write(): void {
    if (this.#unwritten.events === 0) return;
    this.#segments.drop(this.#passedSequence);
    this.#counters.set('passed_sequence', this.#passedSequence);
    this.#count(this.#unwritten);
  }

  written(): void {
    this.#unwritten = { events: 0, bytes: 0 };
  }

  /** Acknowledged, and not written yet. */
  get unwritten(): Readonly<Amount> {
    return this.#unwritten;
  }

  /** The oldest events that are set aside. */
  setAsideEvents(limit: number): SetAside[] {
    return this.#singles.setAsideEvents(limit);
  }

  /** The sequence number up to which every event is published or set aside. */
  publishedSequence(): number {
    const single = this.#counters.number('singles') === 0 ? undefined : this.#singles.firstSequence();
    return single === undefined ? this.#passedSequence : single - 1;
  }

  /** When the oldest event was stored that is not published; undefined when there is none. */
  oldestMs(): number | undefined {
    return this.#singles.oldestMs() ?? this.#segments.storedMs(this.#passedSequence);
  }

  get #outbox(): string {
    return this.#counters.text('outbox') ?? '';
  }

  #dropSingles(events: readonly Accepted[], through: ReadonlySet<number>): void {
    this.#singles.drop([...through]);
    this.#counters.add('singles', -through.size);
    this.#countPublished(events.filter(({ sequence }) => through.has(sequence)));
  }

  /** Keeps those events one by one that are not through, so that the row can pass. */
  #takeApart(row: readonly Accepted[], through: ReadonlySet<number>, lastSequence: number): void {
    const left = row.filter(({ sequence }) => !through.has(sequence));
    for (const event of left) this.#singles.add(event);
    this.#counters.add('singles', left.length);
    this.#countPublished(row.filter(({ sequence }) => through.has(sequence)));
    this.#segments.drop(lastSequence);
    this.#counters.set('passed_sequence', lastSequence);
  }

  #countPublished(events: readonly Accepted[]): void {
    this.#count({ events: events.length, bytes: bytesOf(events) });
  }

  #count({ events, bytes }: Readonly<Amount>): void {
    this.#counters.add('published', events);
    this.#counters.add('pending', -events);
    this.#counters.add('pending_bytes', -bytes);
  }
}

function bytesOf(events: readonly Accepted[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes, 0);
}
