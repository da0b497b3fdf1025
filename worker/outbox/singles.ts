import { KINDS, type Kind } from '../../schemas/webhooks.ts';
import { AT_END, MOST_AT_ONCE, type Rewrite, type Rewritten } from './erase.ts';
import { type Accepted, appOf } from './segments.ts';
import type { Sql } from './storage.ts';
import type { PendingRow, SetAside } from './tables.ts';

/** How much is published at once. */
export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
}

/** Events that are kept one by one, since not all around them can be published. Transactions are the caller's. */
export class Singles {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Keeps an event by itself; where there is a reason, out of batches. */
  add(event: Accepted): void {
    const { sequence, id, kind, subject, occurredMs, receivedMs, storedMs, payload, bytes } = event;
    this.#sql.exec(
      `INSERT INTO pending
        (sequence, id, kind, subject, occurred_ms, received_ms, stored_ms, traceparent, payload, bytes, chain)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sequence, id, kind, subject, occurredMs, receivedMs, storedMs],
      ...[event.traceparent ?? null, payload, bytes, event.chain ?? null],
    );
  }

  /** The oldest events to publish, in order: of the kind that has the oldest; one, and more within the limits. */
  batch(limits: BatchLimits, kinds: readonly Kind[], outbox: string): Accepted[] {
    const kind = this.#firstKind(kinds);
    if (kind === undefined) return [];
    const query = 'SELECT * FROM pending WHERE kind = ? AND set_aside IS NULL ORDER BY sequence LIMIT ?';
    const batch: Accepted[] = [];
    let bytes = 0;
    for (const row of this.#sql.exec<PendingRow>(query, kind, limits.events)) {
      bytes += row.bytes;
      if (batch.length > 0 && bytes > limits.bytes) break;
      batch.push(toEvent(row, outbox));
    }
    return batch;
  }

  /** Gives events after a sequence number other payloads, unless they are only asked for. */
  rewrite(sequence: number, rewrite: Rewrite, isDryRun: boolean): Rewritten {
    const query = 'SELECT * FROM pending WHERE sequence > ? ORDER BY sequence';
    const payloads = new Map<number, string>();
    let [size, upTo] = [0, AT_END];
    for (const row of this.#sql.exec<PendingRow>(query, sequence)) {
      const payload = rewrite({ ...row, kind: row.kind as Kind });
      if (payload !== undefined) payloads.set(row.sequence, payload);
      size += row.payload.length;
      if (size < MOST_AT_ONCE) continue;
      upTo = row.sequence;
      break;
    }
    const update = 'UPDATE pending SET payload = ? WHERE sequence = ?';
    if (!isDryRun) for (const [place, payload] of payloads) this.#sql.exec(update, payload, place);
    return { payloads, upTo };
  }

  /** Drops events. */
  drop(sequences: readonly number[]): void {
    const drop = 'DELETE FROM pending WHERE sequence IN (SELECT value FROM json_each(?))';
    this.#sql.exec(drop, JSON.stringify(sequences));
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
    const firsts = KINDS.map((kind) => this.#firstOf(kind)).filter((first) => first !== undefined);
    return firsts.length === 0 ? undefined : Math.min(...firsts);
  }

  /** When the oldest event was stored, those set aside included; undefined when there is none. */
  oldestMs(): number | undefined {
    const query = 'SELECT stored_ms FROM pending ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ stored_ms: number }>(query)][0]?.stored_ms;
  }

  #firstKind(kinds: readonly Kind[]): Kind | undefined {
    let oldest: { readonly kind: Kind; readonly first: number } | undefined;
    for (const kind of kinds) {
      const first = this.#firstOf(kind);
      if (first !== undefined && (oldest === undefined || first < oldest.first)) oldest = { kind, first };
    }
    return oldest?.kind;
  }

  #firstOf(kind: Kind): number | undefined {
    const query =
      'SELECT sequence FROM pending WHERE kind = ? AND set_aside IS NULL ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ sequence: number }>(query, kind)][0]?.sequence;
  }
}

function toEvent(row: PendingRow, outbox: string): Accepted {
  return {
    id: row.id,
    app: appOf(outbox),
    outbox,
    kind: row.kind as Kind,
    subject: row.subject,
    occurredMs: row.occurred_ms,
    receivedMs: row.received_ms,
    storedMs: row.stored_ms,
    sequence: row.sequence,
    payload: row.payload,
    bytes: row.bytes,
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    ...(row.chain === null ? {} : { chain: row.chain }),
  };
}
