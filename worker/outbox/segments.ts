import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { AT_END, MOST_AT_ONCE, type Rewrite, type Rewritten } from './erase.ts';
import type { Sql } from './storage.ts';

/** An event that was accepted, under its sequence number. */
export interface Accepted extends StreamEvent {
  /** Of the payload. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly storedMs: number;
}

/** All of an event but its payload, which has so many UTF-16 units and bytes. */
type Head = [
  id: string,
  kind: Kind,
  subject: string,
  occurredMs: number,
  receivedMs: number,
  traceparent: string | null,
  length: number,
  bytes: number,
  /** Missing where an earlier release stored it, null where one accepted it. */
  chain?: string | null,
];

/** What of an event its segment tells; `bytes` are those that it came with, also when its payload is another now. */
type Unplaced = Omit<Accepted, 'app' | 'outbox' | 'storedMs'>;

/** A row of `segments`. */
type SegmentRow = { last_sequence: number; stored_ms: number; events: string };

/** Bytes of payload in a row; a larger event has one of its own. SQLite takes rows up to 2 MB here. */
const MOST_BYTES = 900_000;

/**
 * Events to publish, as they were stored: a row for a group, with a line of JSON for all heads, and behind it the
 * payloads as they are. Transactions are the caller's.
 */
export class Segments {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Stores events with sequence numbers in a row, all at one time. */
  add(events: readonly Accepted[]): void {
    let [first, bytes] = [0, 0];
    for (const [at, event] of events.entries()) {
      if (at > first && bytes + event.bytes > MOST_BYTES) {
        this.#insert(events.slice(first, at));
        [first, bytes] = [at, 0];
      }
      bytes += event.bytes;
    }
    if (first < events.length) this.#insert(events.slice(first));
  }

  /**
   * The oldest events after a sequence number, of whole segments: as many as are wanted or some more, where there are.
   * The outbox is named in each.
   */
  after(
    sequence: number,
    wanted: { readonly events: number; readonly bytes: number },
    outbox: string,
  ): Accepted[] {
    const query = 'SELECT * FROM segments WHERE last_sequence > ? ORDER BY last_sequence LIMIT ?';
    const found: Accepted[] = [];
    let bytes = 0;
    for (const row of this.#sql.exec<SegmentRow>(query, sequence, wanted.events)) {
      const place = { app: appOf(outbox), outbox, storedMs: row.stored_ms };
      for (const event of read(row.events, row.last_sequence)) {
        if (event.sequence <= sequence) continue;
        found.push({ ...event, ...place });
        bytes += event.bytes;
      }
      if (found.length >= wanted.events || bytes >= wanted.bytes) break;
    }
    return found;
  }

  /** Gives events of the segments after a sequence number other payloads, unless they are only asked for. */
  rewrite(sequence: number, rewrite: Rewrite, isDryRun: boolean): Rewritten {
    const query = 'SELECT * FROM segments WHERE last_sequence > ? ORDER BY last_sequence';
    const payloads = new Map<number, string>();
    const rows: SegmentRow[] = [];
    let [size, upTo] = [0, AT_END];
    for (const row of this.#sql.exec<SegmentRow>(query, sequence)) {
      const events = read(row.events, row.last_sequence);
      const changed = events.map((event) => ({ ...event, payload: rewrite(event) ?? event.payload }));
      const isChanged = changed.some(({ payload }, at) => payload !== events[at]?.payload);
      for (const [at, { sequence, payload }] of changed.entries()) {
        if (payload !== events[at]?.payload) payloads.set(sequence, payload);
      }
      if (isChanged) rows.push({ ...row, events: write(changed) });
      size += row.events.length;
      if (size < MOST_AT_ONCE) continue;
      upTo = row.last_sequence;
      break;
    }
    const update = 'UPDATE segments SET events = ? WHERE last_sequence = ?';
    if (!isDryRun) for (const row of rows) this.#sql.exec(update, row.events, row.last_sequence);
    return { payloads, upTo };
  }

  /** When the first event after a sequence number was stored. */
  storedMs(sequence: number): number | undefined {
    const query = 'SELECT stored_ms FROM segments WHERE last_sequence > ? ORDER BY last_sequence LIMIT 1';
    return [...this.#sql.exec<{ stored_ms: number }>(query, sequence)][0]?.stored_ms;
  }

  /** Drops the segments all of whose events have passed. */
  drop(passedSequence: number): void {
    this.#sql.exec('DELETE FROM segments WHERE last_sequence <= ?', passedSequence);
  }

  #insert(events: readonly Accepted[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#sql.exec('INSERT INTO segments VALUES (?, ?, ?)', last.sequence, last.storedMs, write(events));
  }
}

/** The app of an outbox, `{app}/{shard}`. */
export function appOf(outbox: string): string {
  return outbox.slice(0, outbox.lastIndexOf('/'));
}

function write(events: readonly Unplaced[]): string {
  const heads = events.map((event): Head => {
    const { id, kind, subject, occurredMs, receivedMs, traceparent = null, payload, bytes, chain } = event;
    return [id, kind, subject, occurredMs, receivedMs, traceparent, payload.length, bytes, chain ?? null];
  });
  return `${JSON.stringify(heads)}\n${events.map(({ payload }) => payload).join('')}`;
}

function read(text: string, lastSequence: number): Unplaced[] {
  const end = text.indexOf('\n');
  const heads: Head[] = JSON.parse(text.slice(0, end));
  let at = end + 1;
  return heads.map((head, index) => {
    const [id, kind, subject, occurredMs, receivedMs, traceparent, length, bytes, chain] = head;
    const payload = text.slice(at, at + length);
    at += length;
    const sequence = lastSequence - heads.length + 1 + index;
    const optional = { ...(traceparent && { traceparent }), ...(chain && { chain }) };
    return { id, kind, subject, occurredMs, receivedMs, ...optional, payload, bytes, sequence };
  });
}
