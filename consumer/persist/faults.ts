import { ClickHouseError } from '@clickhouse/client';

/**
 * What an insert's failure means.
 * - `transient`: the same insert can succeed later; wait and try again, for ever
 * - `poison`: a row of it can never be inserted; find it and set it aside
 * - `fatal`: nothing can be inserted until someone mends the set-up; end, and say so
 */
export type InsertFault = 'transient' | 'poison' | 'fatal';

/** ClickHouse's numbers for values that their columns refuse. */
const POISON: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '407', // DECIMAL_OVERFLOW
  '467', // CANNOT_PARSE_BOOL
  '469', // VIOLATED_CONSTRAINT
]);

/**
 * Numbers that no waiting mends. A missing table or database (60, 81) is not among them: it may be on its way, and
 * waiting loses nothing.
 */
const FATAL: ReadonlySet<string> = new Set([
  '16', // NO_SUCH_COLUMN_IN_TABLE
  '117', // INCORRECT_DATA: among the rows that we write, a column that the table does not have
  '164', // READONLY
  '192', // UNKNOWN_USER
  '193', // WRONG_PASSWORD
  '194', // REQUIRED_PASSWORD
  '497', // ACCESS_DENIED
  '516', // AUTHENTICATION_FAILED
]);

/** Sorts what `@clickhouse/client` threw, by ClickHouse's error number or the error's class. */
export function insertFault(error: unknown): InsertFault {
  if (error instanceof ClickHouseError) {
    if (POISON.has(error.code)) return 'poison';
    return FATAL.has(error.code) ? 'fatal' : 'transient';
  }
  // Sockets, time-outs and proxies' answers come as plain errors; these classes are bugs of ours.
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
    ? 'fatal'
    : 'transient';
}

const HINTS: Readonly<Record<string, string>> = {
  '16': 'A column is missing: run `npm run migrate`.',
  '60': 'A table is missing: run `npm run migrate`.',
  '81': 'The database is missing: run `npm run migrate`.',
  '117': 'A column is missing: run `npm run migrate`.',
};
const REACH = 'Look whether ClickHouse runs and CLICKHOUSE_URL is right.';

/** What a fault is and what to do about it, without the server's own text, which may quote a row. */
export function describeFault(error: unknown): { code: string; hint: string } {
  if (error instanceof ClickHouseError) {
    return { code: `${error.code} ${error.type ?? ''}`.trim(), hint: HINTS[error.code] ?? REACH };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { code: code ?? (error instanceof Error ? error.name : 'unknown'), hint: REACH };
}
