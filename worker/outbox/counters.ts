import type { Sql, SqlValue } from './storage.ts';

/**
 * The outbox's few values that must outlive its rows, by name: one row, kept in memory and written once at the end of
 * a transaction; after one that was rolled back, it is read again.
 */
export class Counters {
  readonly #sql: Sql;
  #values = new Map<string, string | number>();
  #isChanged = false;

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
    this.#isChanged = true;
  }

  /** Writes what changed; part of the caller's transaction. */
  save(): void {
    if (!this.#isChanged) return;
    const value = JSON.stringify(Object.fromEntries(this.#values));
    this.#sql.exec('INSERT OR REPLACE INTO state VALUES (1, ?)', value);
    this.#isChanged = false;
  }

  /** Forgets what was not written. */
  reload(): void {
    const [row] = this.#sql.exec<{ value: SqlValue }>('SELECT value FROM state');
    this.#values = new Map(Object.entries(JSON.parse(String(row?.value ?? '{}'))));
    this.#isChanged = false;
  }
}
