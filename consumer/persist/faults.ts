import { ClickHouseError } from '@clickhouse/client';

/**
 * What an insert's failure means.
 * - `transient`: the same insert can succeed later; wait and try again
 * - `poison`: a row of it can never be inserted; find it and set it aside
 * - `table`: the table takes no row until someone mends it; its rows wait, and those of other tables go on
 * - `fatal`: nothing can be inserted until someone mends the set-up; end, and say so
 */
export type InsertFault = 'transient' | 'poison' | 'table' | 'fatal';

/**
 * ClickHouse's numbers, where they are not transient. All others are: they come from load (241 memory limit, 252 too
 * many parts, 159 and 209 time-outs, 202 too many queries, 439 no thread), from the cluster (210 network, 225, 242
 * read-only replica, 279, 285 and 319 replicas, 999 Keeper) or from a bug (49, 1001, 1002), or their meaning depends
 * on what is inserted (252 is also "too many partitions"): an insert that keeps failing so is taken apart.
 */
export const FAULTS: ReadonlyMap<string, Exclude<InsertFault, 'transient'>> = new Map([
  ['6', 'poison'], // CANNOT_PARSE_TEXT
  ['25', 'poison'], // CANNOT_PARSE_ESCAPE_SEQUENCE
  ['26', 'poison'], // CANNOT_PARSE_QUOTED_STRING
  ['27', 'poison'], // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  ['33', 'poison'], // CANNOT_READ_ALL_DATA
  ['38', 'poison'], // CANNOT_PARSE_DATE
  ['41', 'poison'], // CANNOT_PARSE_DATETIME
  ['53', 'poison'], // TYPE_MISMATCH
  ['69', 'poison'], // ARGUMENT_OUT_OF_BOUND
  ['70', 'poison'], // CANNOT_CONVERT_TYPE
  ['72', 'poison'], // CANNOT_PARSE_NUMBER
  ['128', 'poison'], // TOO_LARGE_ARRAY_SIZE
  ['131', 'poison'], // TOO_LARGE_STRING_SIZE
  ['190', 'poison'], // SIZES_OF_ARRAYS_DONT_MATCH
  ['246', 'poison'], // CORRUPTED_DATA
  ['248', 'poison'], // INVALID_PARTITION_VALUE
  ['306', 'poison'], // TOO_DEEP_RECURSION
  ['321', 'poison'], // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  ['349', 'poison'], // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  ['407', 'poison'], // DECIMAL_OVERFLOW
  ['467', 'poison'], // CANNOT_PARSE_BOOL
  ['469', 'poison'], // VIOLATED_CONSTRAINT
  ['675', 'poison'], // CANNOT_PARSE_IPV4
  ['676', 'poison'], // CANNOT_PARSE_IPV6
  ['8', 'table'], // THERE_IS_NO_COLUMN
  ['10', 'table'], // NOT_FOUND_COLUMN_IN_BLOCK
  ['16', 'table'], // NO_SUCH_COLUMN_IN_TABLE
  ['20', 'table'], // NUMBER_OF_COLUMNS_DOESNT_MATCH
  ['44', 'table'], // ILLEGAL_COLUMN
  ['47', 'table'], // UNKNOWN_IDENTIFIER
  ['48', 'table'], // NOT_IMPLEMENTED
  ['50', 'table'], // UNKNOWN_TYPE
  ['60', 'table'], // UNKNOWN_TABLE
  ['81', 'table'], // UNKNOWN_DATABASE
  ['117', 'table'], // INCORRECT_DATA: as we write rows, a column that the table does not have, or has of another type
  ['164', 'table'], // READONLY
  ['201', 'table'], // QUOTA_EXCEEDED
  ['218', 'table'], // TABLE_IS_DROPPED
  ['243', 'table'], // NOT_ENOUGH_SPACE
  ['291', 'table'], // DATABASE_ACCESS_DENIED
  ['452', 'table'], // SETTING_CONSTRAINT_VIOLATION
  ['497', 'table'], // ACCESS_DENIED
  ['192', 'fatal'], // UNKNOWN_USER
  ['193', 'fatal'], // WRONG_PASSWORD
  ['194', 'fatal'], // REQUIRED_PASSWORD
  ['516', 'fatal'], // AUTHENTICATION_FAILED
]);

/** Sorts what `@clickhouse/client` threw, by ClickHouse's error number or the error's class. */
export function insertFault(error: unknown): InsertFault {
  if (error instanceof ClickHouseError) return FAULTS.get(error.code) ?? 'transient';
  // Sockets, time-outs and proxies' answers come as plain errors; these classes come from a row that cannot be sent.
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
    ? 'poison'
    : 'transient';
}

const MIGRATE = 'Run `npm run migrate`.';
const GRANTS = 'operate/clickhouse/users.sql has what it needs.';
const HINTS: Readonly<Record<string, string>> = {
  '8': `A column is missing. ${MIGRATE}`,
  '16': `A column is missing. ${MIGRATE}`,
  '20': `A column is missing. ${MIGRATE}`,
  '47': `A column is missing. ${MIGRATE}`,
  '60': `The table is missing. ${MIGRATE}`,
  '81': `The database is missing. ${MIGRATE}`,
  '117': `A column is missing, or of another type. ${MIGRATE}`,
  '164': `The user may only read: the consumer writes as another. ${GRANTS}`,
  '201': "The user's quota is used up: raise it, or wait for its next interval.",
  '218': `The table was dropped. ${MIGRATE}`,
  '241': "ClickHouse has not enough memory: look at what else runs, and at the user's limits.",
  '242': 'The table is read-only: look at its replicas and at Keeper (system.replicas).',
  '243': "ClickHouse's disk is full: make room.",
  '252': 'Too many parts, or partitions in one insert: look at merges (system.merges, system.parts).',
  '291': 'The user may not use the database: grant it.',
  '497': `The user may not insert there. ${GRANTS}`,
};
const CREDENTIALS = 'ClickHouse does not know the user or its password: look at CLICKHOUSE_URL.';
const REACH = 'Look whether ClickHouse runs and CLICKHOUSE_URL is right.';
const OWN_LOG = "Look at ClickHouse's own log; the rows wait until they go in.";

/** What a fault is and what to do about it, without the server's own text, which may quote a row. */
export function describeFault(error: unknown): { code: string; hint: string } {
  if (error instanceof ClickHouseError) {
    const isFatal = FAULTS.get(error.code) === 'fatal';
    const hint = HINTS[error.code] ?? (isFatal ? CREDENTIALS : OWN_LOG);
    return { code: `${error.code} ${error.type ?? ''}`.trim(), hint };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { code: code ?? (error instanceof Error ? error.name : 'unknown'), hint: REACH };
}
