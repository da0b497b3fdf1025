import type { FailedWork } from '../settle/dead-letter.ts';
import type { Effort, Held, Unsettled } from '../work.ts';
import { SUSPICIOUS_ROWS } from './breaker.ts';
import { type InsertDeps, insert } from './insert.ts';
import { inPieces } from './row-binary/row-format.ts';

/** A row of a work that has not come further than to it. */
export interface Item {
  readonly unsettled: Unsettled;
  readonly bytes: Buffer;
  readonly partition: string;
}

/** What came of a table's rows; those that are in neither list stand, unless the signal was aborted. */
export interface TableOutcome {
  readonly poison: readonly FailedWork[];
  readonly held: readonly Held[];
}

// ClickHouse takes 100 partitions in one insert by default (max_partitions_per_insert_block), and each costs a part.
export const MAX_PARTITIONS = 50;
// Of an insert that is taken apart; the rest is tried again later.
const MAX_FAILURES = 200;
// Enough to come to a single row of the largest lot.
const MIN_VAIN_TRIES = 25;

/** Inserts rows into one table; what keeps the others out is found by halving. @throws FatalInsertError */
export async function insertTable(
  table: string,
  items: readonly Item[],
  deps: InsertDeps,
  effort: Effort,
  signal: AbortSignal,
): Promise<TableOutcome> {
  const outcome = { poison: [], held: [] };
  for (const part of boundedParts(items)) {
    const search = new Search(table, deps, effort, signal);
    await search.insert(effort.vainTries > 0 ? fromAnywhere(part) : part);
    search.end(outcome);
  }
  return outcome;
}

/** Parts that fall into few enough partitions of the table each, whatever is in the lot. */
export function boundedParts(items: readonly Item[]): Item[][] {
  const months = [...Map.groupBy(items, ({ partition }) => partition).values()];
  const parts: Item[][] = [];
  for (let first = 0; first < months.length; first += MAX_PARTITIONS) {
    parts.push(months.slice(first, first + MAX_PARTITIONS).flat());
  }
  return parts;
}

/**
 * The items in a circle, from any of them on. A search that gives up soon, always begun at the same rows, would never
 * come to those behind them.
 */
function fromAnywhere(items: readonly Item[]): readonly Item[] {
  const first = Math.floor(Math.random() * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** One insert, and what is tried to find the rows in it that cannot go in. */
class Search {
  readonly #table: string;
  readonly #deps: InsertDeps;
  readonly #effort: Effort;
  readonly #signal: AbortSignal;
  readonly #poison: { readonly item: Item; readonly code: string }[] = [];
  readonly #held: Held[] = [];
  /** Of the poison: refused since a row went in last. If the table refuses all rows, these are not at fault. */
  #doubtful = 0;
  /** Whether the table was known to take rows: it may be mended in between, and what it refused before is doubtful. */
  #isTrusted: boolean;
  #failures = 0;
  #hasInserted = false;

  constructor(table: string, deps: InsertDeps, effort: Effort, signal: AbortSignal) {
    this.#table = table;
    this.#deps = deps;
    this.#effort = effort;
    this.#signal = signal;
    this.#isTrusted = !deps.breaker.isOpen(table);
  }

  async insert(items: readonly Item[], because = ''): Promise<void> {
    if (this.#isVain()) return this.#hold(items, because);
    const rows = { count: items.length, pieces: [...inPieces(items.map(({ bytes }) => bytes))] };
    const insertion = await insert(this.#table, rows, this.#deps, this.#effort, this.#signal);
    if (insertion.ending === 'abandoned') return;
    if (insertion.ending === 'inserted') {
      this.#hasInserted = true;
      if (!this.#isTrusted) this.#holdDoubtful();
      this.#isTrusted = true;
      this.#doubtful = 0;
      return;
    }
    this.#failures++;
    const { ending, code } = insertion;
    const [only] = items;
    if (ending === 'refused' && (items.length === 1 || this.#effort.vainTries === 0)) {
      return this.#hold(items, code);
    }
    if (only !== undefined && items.length === 1) return this.#setAside(only, code);
    const middle = Math.ceil(items.length / 2);
    await this.insert(items.slice(0, middle), code);
    await this.insert(items.slice(middle), code);
  }

  /** Adds what was found. Rows that a table refuses as it refuses all others wait for the table to be mended. */
  end(outcome: { poison: FailedWork[]; held: Held[] }): void {
    const { breaker, log } = this.#deps;
    if (!this.#isTrusted || breaker.isOpen(this.#table)) {
      const rows = this.#doubtful;
      const hint = 'Mend its columns and constraints; the rows are tried again until then.';
      if (rows > 0) log.error({ table: this.#table, rows, hint }, 'a table refuses every row of late');
      this.#holdDoubtful();
    }
    for (const { item, code } of this.#poison) {
      const reason = `${this.#table} refuses the row: ${code}`;
      outcome.poison.push({ work: item.unsettled.work, failure: { stage: 'insert', reason } });
    }
    outcome.held.push(...this.#held);
  }

  #holdDoubtful(): void {
    const doubtful = this.#poison.splice(this.#poison.length - this.#doubtful);
    for (const { item, code } of doubtful) this.#hold([item], code);
  }

  #setAside(item: Item, code: string): void {
    this.#deps.breaker.refused(this.#table, code);
    this.#poison.push({ item, code });
    this.#doubtful++;
  }

  #hold(items: readonly Item[], code: string): void {
    // ClickHouse's own text may quote a row.
    const reason = `${this.#table}: ${code}`;
    for (const { unsettled } of items) this.#held.push({ ...unsettled, reason });
  }

  #isVain(): boolean {
    if (this.#doubtful > 0) {
      return this.#doubtful >= SUSPICIOUS_ROWS && this.#deps.breaker.isOpen(this.#table);
    }
    const vainTries = Math.max(MIN_VAIN_TRIES, this.#effort.vainTries);
    return this.#failures >= (this.#hasInserted ? MAX_FAILURES : vainTries);
  }
}
