import type { UnwrittenRow } from '../work.ts';
import { RowBytes } from './row-binary/bytes.ts';
import type { Allocate, Place } from './slabs.ts';
import { formatOf } from './tables.ts';

/** The rows of one table, written one behind the other. */
export class PackedTable {
  readonly table: string;
  /** The place of its rows among those of their message: none is inserted before those before it stand. */
  readonly place: number;
  readonly bytes: RowBytes;
  /** The table's partitions that they fall into. */
  readonly partitions = new Set<string>();
  /** How many rows there are. */
  count = 0;
  readonly #pieces: Buffer[] = [];

  constructor(table: string, place: number, allocate: Allocate) {
    this.table = table;
    this.place = place;
    this.bytes = new RowBytes(allocate);
  }

  /** Ends a row that was written. */
  end(partition: string): void {
    this.bytes.endRow();
    this.partitions.add(partition);
    this.count++;
  }

  /** All rows, each piece of whole ones. */
  get pieces(): readonly Buffer[] {
    this.#pieces.push(...this.bytes.takeRows());
    return this.#pieces;
  }
}

/** Rows of many messages as bytes alone, table by table: no object for each. */
export class PackedRows {
  readonly #allocate: Allocate;
  readonly #tables = new Map<string, PackedTable>();

  constructor(allocate: Allocate) {
    this.#allocate = allocate;
  }

  /**
   * Adds the rows of a message, all or none.
   * @returns where the last value stands that the first of them was given as bytes
   * @throws UnfitValueError
   */
  add(rows: readonly UnwrittenRow[]): Place | undefined {
    const begun = rows.map((row, place) => ({ row, packed: this.#table(row.table, place) }));
    try {
      for (const { row, packed } of begun) formatOf(row.table).write(row.values, packed.bytes);
    } catch (error) {
      for (const { packed } of begun) packed.bytes.dropRow();
      throw error;
    }
    for (const { row, packed } of begun) packed.end(row.partition);
    return begun[0]?.packed.bytes.lastBlob;
  }

  /** Those that have rows. */
  get tables(): readonly PackedTable[] {
    return [...this.#tables.values()].filter(({ count }) => count > 0);
  }

  #table(table: string, place: number): PackedTable {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const packed = new PackedTable(table, place, this.#allocate);
    this.#tables.set(table, packed);
    return packed;
  }
}
