import { RowBytes } from './bytes.ts';
import type { Columns } from './columns.ts';
import { COLUMN_TYPES, type WriteValue } from './types.ts';

/**
 * How a table's rows are written in ClickHouse's format RowBinaryWithNamesAndTypes. By the names and types ClickHouse
 * refuses what a table of other columns would read as other values.
 */
export class RowFormat {
  /** What stands before the rows of an insert. */
  readonly header: Buffer;
  readonly #columns: readonly (readonly [name: string, write: WriteValue])[];
  readonly #bytes = new RowBytes();

  constructor(columns: Columns) {
    this.#columns = Object.entries(columns).map(([name, type]) => [name, COLUMN_TYPES[type]] as const);
    this.header = headerOf(columns);
  }

  /** A row's bytes. Those of rows that follow one another often do so in memory. @throws UnfitValueError */
  encode(row: object): Buffer {
    try {
      this.write(row, this.#bytes);
      this.#bytes.endRow();
    } finally {
      this.#bytes.dropRow();
    }
    return onlyPiece(this.#bytes);
  }

  /** Writes a row, which is not ended then. @throws UnfitValueError somewhere in the row, which must be dropped */
  write(row: object, bytes: RowBytes): void {
    const values = row as Readonly<Record<string, unknown>>;
    for (const [name, write] of this.#columns) write(bytes, values[name]);
  }
}

/** A row is never in two pieces; one without columns is in none. */
function onlyPiece(bytes: RowBytes): Buffer {
  const [piece = Buffer.alloc(0)] = bytes.takeRows();
  return piece;
}

function headerOf(columns: Columns): Buffer {
  const bytes = new RowBytes();
  bytes.length(Object.keys(columns).length);
  for (const name of Object.keys(columns)) bytes.text(name);
  for (const type of Object.values(columns)) bytes.text(type);
  bytes.endRow();
  return onlyPiece(bytes);
}

/** Rows as few, large pieces: those that follow one another in memory are one. */
export function* inPieces(rows: readonly Buffer[]): Generator<Buffer> {
  let [first] = rows;
  let length = 0;
  for (const row of rows) {
    if (first !== undefined && !follows(row, first, length)) {
      yield Buffer.from(first.buffer, first.byteOffset, length);
      first = row;
      length = 0;
    }
    length += row.length;
  }
  if (first !== undefined) yield Buffer.from(first.buffer, first.byteOffset, length);
}

function follows(row: Buffer, first: Buffer, length: number): boolean {
  return row.buffer === first.buffer && row.byteOffset === first.byteOffset + length;
}
