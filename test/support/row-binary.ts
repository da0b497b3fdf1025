import {
  type Columns,
  DEAD_LETTER_COLUMNS,
  EVENT_COLUMNS,
  FACT_COLUMNS,
} from '../../consumer/persist/row-binary/columns.ts';
import { DEAD_LETTERS_TABLE, EVENTS_TABLE, FACT_TABLES } from '../../consumer/persist/tables.ts';
import type { TableRow } from '../../consumer/work.ts';
import { FACT_KINDS } from '../../schemas/webhooks.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The columns of each table that the consumer writes to. */
export const COLUMNS: ReadonlyMap<string, Columns> = new Map<string, Columns>([
  [EVENTS_TABLE, EVENT_COLUMNS],
  [DEAD_LETTERS_TABLE, DEAD_LETTER_COLUMNS],
  ...FACT_KINDS.map((kind) => [FACT_TABLES[kind], FACT_COLUMNS[kind]] as const),
]);

/**
 * Reads a row back, by the documentation of ClickHouse's format RowBinary and not by our own code. 64-bit integers are
 * bigints, times milliseconds since 1970.
 * @throws when the bytes are not exactly those of a row
 */
export function readRow({ table, bytes }: Pick<TableRow, 'table' | 'bytes'>): Row {
  const cursor = new Cursor(bytes);
  const row = cursor.row(table);
  if (cursor.at !== bytes.length) throw new Error(`${bytes.length - cursor.at} bytes of ${table} are left`);
  return row;
}

/** Reads all rows of a table that stand behind one another, and what bytes each is of. @throws when a row ends too early */
export function readRows(table: string, bytes: Buffer): { readonly bytes: Buffer; readonly row: Row }[] {
  const cursor = new Cursor(bytes);
  const rows: { readonly bytes: Buffer; readonly row: Row }[] = [];
  while (cursor.at < bytes.length) {
    const from = cursor.at;
    const row = cursor.row(table);
    rows.push({ bytes: bytes.subarray(from, cursor.at), row });
  }
  return rows;
}

class Cursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  row(table: string): Row {
    const columns = Object.entries(COLUMNS.get(table) ?? {});
    return Object.fromEntries(columns.map(([name, type]) => [name, this.value(type)]));
  }

  value(type: string): unknown {
    const [, outer = type, inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? [];
    switch (outer) {
      case 'String':
        return this.#text();
      case 'LowCardinality':
        return this.value(inner);
      case 'Nullable':
        return this.#take(1)[0] === 1 ? null : this.value(inner);
      case 'Bool':
        return this.#take(1)[0] === 1;
      case 'UInt32':
        return this.#take(4).readUInt32LE();
      case 'UInt64':
        return this.#take(8).readBigUInt64LE();
      case 'DateTime64':
        return Number(this.#take(8).readBigInt64LE());
      case 'Array':
        return this.#many(() => this.value(inner));
      case 'Map':
        return Object.fromEntries(this.#many(() => [this.#text(), this.#text()]));
      default:
        throw new Error(`no such type: ${type}`);
    }
  }

  #many<T>(read: () => T): T[] {
    return Array.from({ length: this.#length() }, read);
  }

  #text(): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#take(this.#length()));
  }

  /** Seven bits a byte, the lowest first. */
  #length(): number {
    for (let length = 0, shift = 1; ; shift *= 128) {
      const [byte = 0] = this.#take(1);
      length += (byte & 127) * shift;
      if (byte < 128) return length;
    }
  }

  #take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw new Error('the row ends too early');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}
