import type { NewEvent } from './new-event.ts';
import type { Sql } from './storage.ts';
import type { PendingRow, SetAside } from './tables.ts';

/** An event that is to be published. */
interface Accepted {
  readonly event: NewEvent;
  readonly sequence: number;
  /** Of the payload. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly storedMs: number;
}

/** How much is published at once. */
export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
}

/** What the broker has not acknowledged, with all that is to be published. Transactions are its caller's. */
export class Pending {
  readonly #sql: Sql;
  /** By kinds that are held: up to which sequence number there is nothing else. What is held long is not read again. */
  readonly #passed = new Map<string, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  add({ event, sequence, bytes, storedMs }: Accepted): void {
    const { id, kind, subject, occurredMs, receivedMs, traceparent = null, payload } = event;
    this.#sql.exec(
      `INSERT INTO pending
        (sequence, id, kind, subject, occurred_ms, received_ms, stored_ms, traceparent, payload, bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sequence, id, kind, subject, occurredMs, receivedMs, storedMs, traceparent, payload, bytes],
    );
  }

  /** The oldest rows to publish, in order, of kinds that are not held: one, and more within the limits. */
  batch(limits: BatchLimits, held: readonly string[]): PendingRow[] {
    const query = `SELECT * FROM pending WHERE sequence > ? AND set_aside IS NULL
      AND kind NOT IN (SELECT value FROM json_each(?)) ORDER BY sequence LIMIT ?`;
    const kinds = JSON.stringify([...held].sort());
    const bindings = [this.#passed.get(kinds) ?? 0, kinds, limits.events];
    const batch: PendingRow[] = [];
    let bytes = 0;
    for (const row of this.#sql.exec<PendingRow>(query, ...bindings)) {
      bytes += row.bytes;
      if (batch.length > 0 && bytes > limits.bytes) break;
      batch.push(row);
    }
    const [first] = batch;
    this.#passed.set(kinds, first === undefined ? this.#lastSequence() : first.sequence - 1);
    return batch;
  }

  /** Drops rows, and gives the bytes of each that was there. */
  drop(sequences: readonly number[]): number[] {
    const drop = 'DELETE FROM pending WHERE sequence IN (SELECT value FROM json_each(?)) RETURNING bytes';
    return [...this.#sql.exec<{ bytes: number }>(drop, JSON.stringify(sequences))].map(({ bytes }) => bytes);
  }

  /** Keeps an event out of batches. */
  setAside(sequence: number, reason: string, nowMs: number): void {
    const update = 'UPDATE pending SET set_aside = ?, set_aside_ms = ? WHERE sequence = ?';
    this.#sql.exec(update, reason, nowMs, sequence);
  }

  /** Lets events back into batches that were set aside at or before a time; gives how many. */
  release(setAsideMs: number): number {
    const update = `UPDATE pending SET set_aside = NULL WHERE set_aside IS NOT NULL AND set_aside_ms <= ?
      RETURNING sequence`;
    this.#passed.clear();
    return [...this.#sql.exec(update, setAsideMs)].length;
  }

  /** The oldest events that are set aside. */
  setAsideEvents(limit: number): SetAside[] {
    const query = `SELECT sequence, id, kind, bytes, set_aside AS reason, set_aside_ms AS since_ms
      FROM pending WHERE set_aside IS NOT NULL ORDER BY sequence LIMIT ?`;
    return [...this.#sql.exec<SetAside>(query, limit)];
  }

  /** The sequence number of the oldest event that is not set aside; undefined when there is none. */
  firstSequence(): number | undefined {
    const query = 'SELECT sequence FROM pending WHERE set_aside IS NULL ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ sequence: number }>(query)][0]?.sequence;
  }

  /** When the oldest event was stored, those set aside included; undefined when there is none. */
  oldestMs(): number | undefined {
    const query = 'SELECT stored_ms FROM pending ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ stored_ms: number }>(query)][0]?.stored_ms;
  }

  #lastSequence(): number {
    const query = 'SELECT sequence FROM pending ORDER BY sequence DESC LIMIT 1';
    return [...this.#sql.exec<{ sequence: number }>(query)][0]?.sequence ?? 0;
  }
}
