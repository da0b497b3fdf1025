import type { Sql } from './storage.ts';
import { hasTable } from './tables.ts';

/** How many are forgotten at once: rows are deleted one by one here, and webhooks answered between. */
const PART = 5_000;

/** The ids of an outbox that began in the first form, until the last of them is forgotten: a row each in `seen`. */
export class EarlierIds {
  readonly #sql: Sql;
  areThere = false;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.reload();
  }

  /** When the events were received whose ids are known, by id; asked for as a JSON array. */
  find(ids: string): Map<string, number> {
    if (!this.areThere) return new Map();
    const query = 'SELECT id, received_ms FROM seen WHERE id IN (SELECT value FROM json_each(?))';
    const rows = [...this.#sql.exec<{ id: string; received_ms: number }>(query, ids)];
    return new Map(rows.map((row) => [row.id, row.received_ms]));
  }

  /** Forgets events that were stored before a time, the oldest first. */
  forget(beforeMs: number): { count: number; hasMore: boolean } {
    const oldest = 'SELECT sequence FROM seen ORDER BY sequence LIMIT ?';
    const forget = `DELETE FROM seen WHERE sequence IN (${oldest}) AND stored_ms < ? RETURNING sequence`;
    const count = [...this.#sql.exec(forget, PART, beforeMs)].length;
    if (this.oldestMs() === undefined) {
      this.#sql.exec('DROP TABLE seen');
      this.areThere = false;
    }
    return { count, hasMore: count === PART };
  }

  /** When the oldest event that is remembered was stored; undefined when none is. */
  oldestMs(): number | undefined {
    if (!this.areThere) return undefined;
    const query = 'SELECT stored_ms FROM seen ORDER BY sequence LIMIT 1';
    return [...this.#sql.exec<{ stored_ms: number }>(query)][0]?.stored_ms;
  }

  /** Looks again whether there are any. */
  reload(): void {
    this.areThere = hasTable(this.#sql, 'seen');
  }
}
