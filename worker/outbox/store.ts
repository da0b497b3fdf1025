import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { Counters } from './counters.ts';
import { isFull } from './room.ts';
import type { Storage } from './storage.ts';
import { type PendingRow, type SetAside, TABLES } from './tables.ts';

/** An event before its outbox gave it a sequence number. */
export type NewEvent = Omit<StreamEvent, 'sequence'> & {
  /** The ids that the same body would have got in the ten seconds before and after; only without an identity. */
  readonly earlierId?: string;
  readonly laterId?: string;
};

/** How an append ended: kept now or before, or refused because there is no room. */
export type Appended =
  | { readonly outcome: 'kept'; readonly id: string; readonly duplicate: boolean }
  | { readonly outcome: 'full' };

/** What the store is to hold to. */
export interface Limits {
  /** Bytes that the database may grow to. */
  readonly maxBytes: number;
  /** How long an event's id is remembered. */
  readonly dedupMs: number;
  /** How long the same body counts as a retry, without a natural identity. */
  readonly retryWindowMs: number;
}

const PURGE_ROWS = 5_000;

/** What the outbox keeps. Each method is one transaction, and nothing in it waits. */
export class Store {
  readonly #storage: Storage;
  readonly #limits: Limits;
  readonly counters: Counters;

  constructor(storage: Storage, limits: Limits) {
    this.#storage = storage;
    this.#limits = limits;
    storage.sql.exec(TABLES);
    this.counters = new Counters(storage.sql);
  }

  /** Keeps each event under the next sequence number, unless it is kept already or there is no room. */
  append(events: readonly NewEvent[], nowMs: number): Appended[] {
    return this.#transact(() => events.map((event) => this.#appendOne(event, nowMs)));
  }

  /** The oldest events to publish, in order, of kinds that are not held: at most so many and of so many bytes. */
  batch(limits: { events: number; bytes: number }, held: readonly Kind[]): StreamEvent[] {
    const query = `SELECT * FROM pending WHERE set_aside IS NULL AND kind NOT IN (SELECT value FROM json_each(?))
      ORDER BY sequence LIMIT ?`;
    const batch: StreamEvent[] = [];
    let bytes = 0;
    for (const row of this.#storage.sql.exec<PendingRow>(query, JSON.stringify(held), limits.events)) {
      bytes += row.bytes;
      if (batch.length > 0 && bytes > limits.bytes) break;
      batch.push(this.#toEvent(row));
    }
    return batch;
  }

  /** Drops the bodies of events that the broker acknowledged; their ids stay remembered. */
  published(events: readonly StreamEvent[]): void {
    if (events.length === 0) return;
    this.#transact(() => {
      const sequences = JSON.stringify(events.map(({ sequence }) => sequence));
      const deleted =
        'DELETE FROM pending WHERE sequence IN (SELECT value FROM json_each(?)) RETURNING bytes';
      const bytes = [...this.#storage.sql.exec<{ bytes: number }>(deleted, sequences)].map(
        (row) => row.bytes,
      );
      this.counters.add('published', bytes.length);
      this.counters.add('pending', -bytes.length);
      this.counters.add('pending_bytes', -bytes.reduce((sum, each) => sum + each, 0));
    });
  }

  /** Keeps an event that the broker will not take out of the way of those behind it. */
  setAside(event: StreamEvent, reason: string, nowMs: number): void {
    this.#transact(() => {
      const update = 'UPDATE pending SET set_aside = ?, set_aside_ms = ? WHERE sequence = ?';
      this.#storage.sql.exec(update, reason, nowMs, event.sequence);
      this.counters.add('set_aside', 1);
    });
  }

  /** Lets events be tried again that were set aside at or before a time. */
  release(setAsideMs: number): void {
    if (this.counters.number('set_aside') === 0) return;
    this.#transact(() => {
      const update = `UPDATE pending SET set_aside = NULL WHERE set_aside IS NOT NULL AND set_aside_ms <= ?
        RETURNING sequence`;
      const released = [...this.#storage.sql.exec(update, setAsideMs)].length;
      this.counters.add('set_aside', -released);
    });
  }

  /** The oldest events that are set aside. */
  setAsideEvents(limit: number): SetAside[] {
    const query = `SELECT sequence, id, kind, bytes, set_aside AS reason, set_aside_ms AS since_ms
      FROM pending WHERE set_aside IS NOT NULL ORDER BY sequence LIMIT ?`;
    return [...this.#storage.sql.exec<SetAside>(query, limit)];
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
    const query = 'SELECT sequence FROM pending WHERE set_aside IS NULL ORDER BY sequence LIMIT 1';
    const oldest = [...this.#storage.sql.exec<{ sequence: number }>(query)][0]?.sequence;
    return oldest === undefined ? this.counters.number('last_sequence') : oldest - 1;
  }

  /** When the oldest pending event was stored; undefined when there is none. */
  oldestPendingMs(): number | undefined {
    const query = 'SELECT stored_ms FROM pending ORDER BY sequence LIMIT 1';
    return [...this.#storage.sql.exec<{ stored_ms: number }>(query)][0]?.stored_ms;
  }

  /** Notes why publishing failed, for `/status`. */
  fault(what: string, nowMs: number): void {
    this.#transact(() => {
      this.counters.set('last_fault', what);
      this.counters.set('last_fault_ms', nowMs);
    });
  }

  /** Forgets ids older than the time of deduplication. */
  purge(nowMs: number): void {
    const oldest = 'SELECT sequence FROM seen ORDER BY sequence LIMIT ?';
    const purge = `DELETE FROM seen WHERE sequence IN (${oldest}) AND stored_ms < ? RETURNING sequence`;
    let purged = PURGE_ROWS;
    while (purged === PURGE_ROWS) {
      purged = this.#transact(() => {
        const rows = [...this.#storage.sql.exec(purge, PURGE_ROWS, nowMs - this.#limits.dedupMs)];
        this.counters.add('forgotten', rows.length);
        return rows.length;
      });
    }
  }

  #appendOne(event: NewEvent, nowMs: number): Appended {
    const known = this.#find(event);
    if (known !== undefined) {
      this.counters.add('duplicates', 1);
      return { outcome: 'kept', id: known, duplicate: true };
    }
    const bytes = Buffer.byteLength(event.payload);
    if (isFull(bytes, this.#storage.sql, this.counters, this.#limits.maxBytes)) return { outcome: 'full' };

    const { id, kind, subject, occurredMs, receivedMs, traceparent = null, payload } = event;
    const sequence = this.counters.number('last_sequence') + 1;
    this.#storage.sql.exec('INSERT INTO seen VALUES (?, ?, ?, ?)', sequence, id, receivedMs, nowMs);
    this.#storage.sql.exec(
      `INSERT INTO pending (sequence, id, kind, subject, occurred_ms, received_ms, stored_ms, traceparent, payload, bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sequence, id, kind, subject, occurredMs, receivedMs, nowMs, traceparent, payload, bytes],
    );
    this.counters.set('outbox', event.outbox);
    this.counters.set('last_sequence', sequence);
    this.counters.add(`accepted.${kind}`, 1);
    this.counters.add('pending', 1);
    this.counters.add('pending_bytes', bytes);
    return { outcome: 'kept', id, duplicate: false };
  }

  #find({ id, earlierId = '', laterId = '', receivedMs }: NewEvent): string | undefined {
    const find = 'SELECT id FROM seen WHERE id = ? OR (id IN (?, ?) AND received_ms > ? AND received_ms < ?)';
    const { retryWindowMs } = this.#limits;
    const [found] = this.#storage.sql.exec<{ id: string }>(
      find,
      ...[id, earlierId, laterId, receivedMs - retryWindowMs, receivedMs + retryWindowMs],
    );
    return found?.id;
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
