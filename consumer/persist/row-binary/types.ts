import { fixedTime } from '../../../schemas/fixed-time.ts';
import { SAFE_DIGITS } from '../../../schemas/values.ts';
import type { RowBytes } from './bytes.ts';

/** Writes a value as ClickHouse's RowBinary has it. @throws UnfitValueError for a value of another type */
export type WriteValue = (bytes: RowBytes, value: unknown) => void;

/** A row's value is none of its column's type: a bug of ours, which must not become other bytes. */
export class UnfitValueError extends TypeError {
  override readonly name = 'UnfitValueError';
}

const writeText: WriteValue = (bytes, value) => {
  if (typeof value === 'string') bytes.text(value);
  else if (value instanceof Uint8Array) bytes.blob(value);
  else throw unfit('a text', value);
};

const writeTime: WriteValue = (bytes, value) => {
  if (typeof value !== 'string') throw unfit('a time', value);
  const ms = fixedTime(value);
  if (!Number.isSafeInteger(ms)) throw unfit('a time', value);
  bytes.int64(ms);
};

/** The types that our columns have, by the names that ClickHouse gives them. */
export const COLUMN_TYPES = {
  String: writeText,
  'LowCardinality(String)': writeText,
  'Nullable(String)': nullable(writeText),
  Bool: (bytes, value) => {
    if (typeof value !== 'boolean') throw unfit('a boolean', value);
    bytes.uint8(value ? 1 : 0);
  },
  UInt32: (bytes, value) => bytes.uint32(wholeNumber(value, 2 ** 32 - 1)),
  // As digits, since a double does not hold all of them, or as a number that it holds.
  UInt64: (bytes, value) => {
    if (typeof value !== 'string') bytes.int64(wholeNumber(value, Number.MAX_SAFE_INTEGER));
    else if (value.length > SAFE_DIGITS) bytes.bigUint64(uint64(value));
    else bytes.int64(wholeNumber(Number(value), Number.MAX_SAFE_INTEGER));
  },
  "DateTime64(3, 'UTC')": writeTime,
  "Nullable(DateTime64(3, 'UTC'))": nullable(writeTime),
  'Array(String)': (bytes, value) => {
    if (!Array.isArray(value)) throw unfit('a list', value);
    bytes.length(value.length);
    for (const item of value) writeText(bytes, item);
  },
  'Map(String, String)': (bytes, value) => {
    if (typeof value !== 'object' || value === null) throw unfit('an object', value);
    const entries = Object.entries(value);
    bytes.length(entries.length);
    for (const [key, text] of entries) {
      bytes.text(key);
      writeText(bytes, text);
    }
  },
} as const satisfies Record<string, WriteValue>;

export type ColumnType = keyof typeof COLUMN_TYPES;

function nullable(write: WriteValue): WriteValue {
  return (bytes, value) => {
    bytes.uint8(value === null ? 1 : 0);
    if (value !== null) write(bytes, value);
  };
}

function wholeNumber(value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw unfit('a whole number', value);
}

function uint64(digits: string): bigint {
  const number = /^\d{1,20}$/.test(digits) ? BigInt(digits) : -1n;
  if (number >= 0n && number < 2n ** 64n) return number;
  throw unfit('a whole number of 64 bits', digits);
}

/** Its message quotes no value, which may be personal. */
function unfit(expected: string, value: unknown): UnfitValueError {
  return new UnfitValueError(`expected ${expected}, not this ${value === null ? 'null' : typeof value}`);
}
