/** So many rows in a row, and none that went in between: then it is not the rows. */
export const SUSPICIOUS_ROWS = 20;

/**
 * Tells a table that refuses every row, since its schema or a constraint is wrong, from rows that are wrong: without
 * it, one wrong ALTER would turn the whole stream into dead letters.
 */
export class Breaker {
  readonly #refusedInARow = new Map<string, number>();

  /** A row, alone, was refused. */
  refused(table: string): void {
    this.#refusedInARow.set(table, (this.#refusedInARow.get(table) ?? 0) + 1);
  }

  /** The table takes rows: whatever it refused was at fault itself. */
  inserted(table: string): void {
    this.#refusedInARow.delete(table);
  }

  isOpen(table: string): boolean {
    return (this.#refusedInARow.get(table) ?? 0) >= SUSPICIOUS_ROWS;
  }
}
