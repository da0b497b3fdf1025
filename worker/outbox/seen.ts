import type { Known } from './new-event.ts';
import type { Sql } from './storage.ts';

/** An event that was accepted; times in milliseconds since 1970. */
interface Accepted {
  readonly sequence: number;
  readonly id: string;
  readonly receivedMs: number;
  readonly storedMs: number;
}

/** What is remembered of an event. */
type Found = Pick<Accepted, 'id' | 'receivedMs'>;

const NO_RETRY = { ids: [], receivedAfterMs: 0, receivedBeforeMs: 0 };

/** The ids of all events that the outbox accepted in the days of deduplication: published ones too. */
export class Seen {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Under which id an event was accepted, and when it was received; undefined when it was not. */
  find({ id, retryOf }: Known): Found | undefined {
    const { ids, receivedAfterMs, receivedBeforeMs } = retryOf ?? NO_RETRY;
    const find = `SELECT id, received_ms FROM seen WHERE id = ?
      OR (id IN (SELECT value FROM json_each(?)) AND received_ms > ? AND received_ms < ?)`;
    const bindings = [id, JSON.stringify(ids), receivedAfterMs, receivedBeforeMs];
    const [found] = this.#sql.exec<{ id: string; received_ms: number }>(find, ...bindings);
    return found === undefined ? undefined : { id: found.id, receivedMs: found.received_ms };
  }

  /** Remembers an event that is not known yet. */
  add({ sequence, id, receivedMs, storedMs }: Accepted): void {
    this.#sql.exec('INSERT INTO seen VALUES (?, ?, ?, ?)', sequence, id, receivedMs, storedMs);
  }

  /** Forgets events that were stored before a time, the oldest first, at most so many; gives how many. */
  forget(beforeMs: number, limit: number): number {
    const oldest = 'SELECT sequence FROM seen ORDER BY sequence LIMIT ?';
    const forget = `DELETE FROM seen WHERE sequence IN (${oldest}) AND stored_ms < ? RETURNING sequence`;
    return [...this.#sql.exec(forget, limit, beforeMs)].length;
  }

  /** When the oldest event that is remembered was stored; undefined when none is. */
  oldestMs(): number | undefined {
    const query = 'SELECT stored_ms FROM seen ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ stored_ms: number }>(query)][0]?.stored_ms;
  }
}
