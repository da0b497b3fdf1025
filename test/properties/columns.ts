import { readdirSync, readFileSync } from 'node:fs';

const MIGRATIONS = new URL('../../consumer/persist/sql/migrations/', import.meta.url);
const TABLE = /(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) (\w+)/;
const COLUMN = /^ {4}(\w+) (.+?) COMMENT/gm;
const ADDED = /ADD COLUMN IF NOT EXISTS (\w+) (\S+)/g;
const MAX_UINT64 = 2n ** 64n - 1n;
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2299, 0, 1);

/** The tables as the migrations make them: the type of each column, by table and name. */
export const tables: ReadonlyMap<string, ReadonlyMap<string, string>> = readTables();

function readTables() {
  const found = new Map<string, Map<string, string>>();
  for (const file of readdirSync(MIGRATIONS).sort()) {
    const sql = readFileSync(new URL(file, MIGRATIONS), 'utf8');
    const [, table] = TABLE.exec(sql) ?? [];
    if (table === undefined) continue;
    const columns = found.get(table) ?? new Map<string, string>();
    found.set(table, columns);
    for (const [, name = '', type = ''] of sql.matchAll(sql.includes('ADD COLUMN') ? ADDED : COLUMN)) {
      columns.set(name, type);
    }
  }
  return found;
}

/** The columns of a table that a row has no fitting value for, and what of the row is no column. */
export function misfits(table: string, row: object): string[] {
  const columns = tables.get(table) ?? new Map<string, string>();
  const values = new Map<string, unknown>(Object.entries(row));
  const unfit = [...columns].filter(([name, type]) => !fits(type, values.get(name)));
  const unknown = [...values.keys()].filter((name) => !columns.has(name));
  return [...unfit.map(([name]) => name), ...unknown];
}

/** Whether a column takes a value, as it is read back from a row's bytes. */
function fits(type: string, value: unknown): boolean {
  const [, outer = type, inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? [];
  switch (outer) {
    case 'Nullable':
      return value === null || fits(inner, value);
    case 'LowCardinality':
      return fits(inner, value);
    case 'Array':
      return Array.isArray(value) && value.every((each) => fits(inner, each));
    case 'Map':
      return isTextMap(value);
    case 'String':
      return typeof value === 'string' && value.isWellFormed();
    case 'Bool':
      return typeof value === 'boolean';
    case 'DateTime64':
      return typeof value === 'number' && value >= EARLIEST_MS && value < LATEST_MS;
    case 'UInt32':
      return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
    case 'UInt64':
      return typeof value === 'bigint' && value >= 0n && value <= MAX_UINT64;
    default:
      return false;
  }
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value)
    .flat()
    .every((text) => fits('String', text));
}
