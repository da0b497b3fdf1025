/** So many rows in a row, and none that went in between: then it is not the rows. */
export const SUSPICIOUS_ROWS = 20;
/** A constraint speaks of rows, and who added it may mean so many of them. */
export const SUSPICIOUS_VIOLATIONS = 1_000;
const VIOLATED_CONSTRAINT = '469';

interface Streak {
  readonly rows: number;
  readonly limit: number;
}

/**
 * Tells a table that refuses every row, since its schema or a constraint is wrong, from rows that are wrong: without
 * it, one wrong ALTER would turn the whole stream into dead letters.
 */
export class Breaker {
  readonly #streaks = new Map<string, Streak>();

  /** A row, alone, was refused. @param code as `describeFault` has it */
  refused(table: string, code: string): void {
    const limit = code.split(' ')[0] === VIOLATED_CONSTRAINT ? SUSPICIOUS_VIOLATIONS : SUSPICIOUS_ROWS;
    const rows = (this.#streaks.get(table)?.rows ?? 0) + 1;
    this.#streaks.set(table, { rows, limit });
  }

  /** The table takes rows: whatever it refused was at fault itself. */
  inserted(table: string): void {
    this.#streaks.delete(table);
  }

  isOpen(table: string): boolean {
    const streak = this.#streaks.get(table);
    return streak !== undefined && streak.rows >= streak.limit;
  }
}
