import type { Sql, SqlValue } from './storage.ts';

/**
 * The outbox's few values that must outlive its rows, by name. They are kept in memory and written once at the end
 * of a transaction; after one that was rolled back, they are read again.
 */
export class Counters {
  readonly #sql: Sql;
  #values = new Map<string, SqlValue>();
  #changed = new Set<string>();

  constructor(sql: Sql) {
    this.#sql = sql;
    this.reload();
  }

  /** A number; 0 when it was never set. */
  number(name: string): number {
    return Number(this.#values.get(name) ?? 0);
  }

  /** A text; undefined when it was never set. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.toString();
  }

  /** All numbers whose name starts with the prefix, by the rest of the name. */
  numbers(prefix: string): Record<string, number> {
    const found = [...this.#values.keys()].filter((name) => name.startsWith(prefix));
    return Object.fromEntries(found.map((name) => [name.slice(prefix.length), this.number(name)]));
  }

  add(name: string, amount: number): void {
    this.set(name, this.number(name) + amount);
  }

  set(name: string, value: string | number): void {
    if (this.#values.get(name) === value) return;
    this.#values.set(name, value);
    this.#changed.add(name);
  }

  /** Writes what changed; part of the caller's transaction. */
  save(): void {
    for (const name of this.#changed) {
      this.#sql.exec('INSERT OR REPLACE INTO counters VALUES (?, ?)', name, this.#values.get(name));
    }
    this.#changed.clear();
  }

  /** Forgets what was not written. */
  reload(): void {
    const rows = this.#sql.exec<{ name: string; value: SqlValue }>('SELECT name, value FROM counters');
    this.#values = new Map([...rows].map(({ name, value }) => [name, value]));
    this.#changed.clear();
  }
}
