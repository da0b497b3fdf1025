import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client';
import type { Query } from './library.ts';
import {
  QueryInputError,
  type QueryValues,
  queryParameters,
  ROWS_OF_A_PAGE,
  readTimeZone,
} from './parameters.ts';

/** A column of an answer with its ClickHouse type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value of an answer. A 64-bit integer that a double cannot hold stays text. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A query's answer, rows in order. */
export interface Answer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** Of a list alone. */
  readonly page?: Page;
}

/** Which rows of a list an answer has. */
export interface Page {
  readonly limit: number;
  /** Rows left out before the first. */
  readonly offset: number;
  /** Rows of the whole list; unknown past its end. */
  readonly total: number | null;
  /** There are more after the last. */
  readonly isTruncated: boolean;
}

/** The last column of a list's query: how many rows there are before the limit. It is not handed on as a column. */
const ROWS_IN_ALL = 'rows_in_all';

/** What bounds a query: a signal that ends it, and ClickHouse's own limit. */
export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Default 50. */
  readonly maxSeconds?: number;
  /** Beside it, and before it. */
  readonly settings?: ClickHouseSettings;
}

/**
 * Asks one query of the library.
 * @throws QueryInputError when a value does not fit; what the client throws when ClickHouse refuses or is not there
 */
export async function runQuery(
  client: ClickHouseClient,
  query: Query,
  values: QueryValues,
  { signal, maxSeconds = 50, settings = {} }: RunOptions = {},
): Promise<Answer> {
  const asked = {
    query: query.sql,
    query_params: queryParameters(query, values),
    format: 'JSONCompact' as const,
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1 as const,
      max_execution_time: maxSeconds,
      ...settings,
    },
    ...(signal === undefined ? {} : { abort_signal: signal }),
  };
  const result = await client.query(asked).catch((error: unknown) => refuseZone(error, client, values.tz));
  const { meta = [], data } = await result.json<Value[]>();
  const readers = meta.map(({ type }) => readerOf(type));
  const rows = data.map((row) => row.map((value, i) => readers[i]?.(value) ?? null));
  return meta.at(-1)?.name === ROWS_IN_ALL ? pageOf(meta, rows, values) : { columns: meta, rows };
}

function pageOf(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
  { limit = ROWS_OF_A_PAGE, offset = 0 }: QueryValues,
): Answer {
  const known = rows[0]?.at(-1);
  const total = known === undefined ? (offset === 0 ? 0 : null) : Number(known);
  return {
    columns: columns.slice(0, -1),
    rows: rows.map((row) => row.slice(0, -1)),
    page: { limit, offset, total, isTruncated: total !== null && offset + rows.length < total },
  };
}

/**
 * Node and a ClickHouse of another age have not the same zones.
 * @throws QueryInputError when the error is that ClickHouse lacks the zone; else the error
 */
async function refuseZone(error: unknown, client: ClickHouseClient, tz: string): Promise<never> {
  if (!isBadArgument(error)) throw error;
  const query = 'SELECT toTimeZone(now(), {tz:String})';
  const lacks = await client
    .query({ query, query_params: { tz: readTimeZone(tz) }, format: 'JSONCompact' })
    .then((result) => result.close())
    .then(() => false, isBadArgument);
  if (!lacks) throw error;
  throw new QueryInputError(
    `ClickHouse does not know the time zone ${readTimeZone(tz)}: its time zone data is older. ` +
      'Choose another zone with the same clock.',
  );
}

function isBadArgument(error: unknown): boolean {
  return error instanceof ClickHouseError && error.type === 'BAD_ARGUMENTS';
}

/** 64-bit integers come quoted, since JSON's numbers are doubles: those that fit become numbers again. */
function readerOf(type: string): (value: Value) => Value {
  if (!/^(Nullable\()?U?Int64\)?$/.test(type)) return (value) => value;
  return (value) => {
    const number = Number(value);
    return value !== null && Number.isSafeInteger(number) ? number : value;
  };
}
