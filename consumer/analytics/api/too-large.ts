import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client';
import type { Query } from '../report/library.ts';
import { type QueryValues, queryParameters } from '../report/parameters.ts';

/** The question would take more than one may; the message says what to ask instead. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

export interface Refused {
  readonly client: ClickHouseClient;
  readonly query: Query;
  readonly values: QueryValues;
  readonly rowsToRead: number;
  readonly settings: ClickHouseSettings;
  readonly signal: AbortSignal;
}

const HOUR_MS = 3_600_000;
/** A list reads some rows twice: to find its page, and to show it. */
const ROOM = 2;

/**
 * What to narrow so that a question that was refused is answered. Which period is short enough is asked of ClickHouse's
 * indexes, which knows it without reading: an advice that does not help would be worse than none.
 */
export async function tooLarge(cause: unknown, refused: Refused): Promise<TooLargeError> {
  const isByRows = isTooManyRows(cause);
  const shorter = isByRows ? await shortEnough(refused) : halved(refused);
  const filters = isByRows && shorter !== undefined ? [] : filtersLeft(refused);
  const narrower = [
    ...(shorter === undefined ? [] : [`a shorter period (from=${shorter.toISOString()})`]),
    ...filters.map((name) => `one ${name} (${name}=…)`),
  ];
  const advice =
    narrower.length === 0
      ? 'It cannot be narrowed: ask the tables by SQL.'
      : `Ask for ${narrower.join(', or ')}.`;
  return new TooLargeError(advice, { cause });
}

function takesPeriod({ query }: Refused): boolean {
  return query.parameters.some(({ name }) => name === 'from');
}

/** Those that the query takes and that were not given. */
function filtersLeft({ query, values }: Refused): string[] {
  return (['app', 'channel'] as const).filter(
    (filter) => !values[filter] && query.parameters.some(({ name }) => name === filter),
  );
}

function halved(refused: Refused): Date | undefined {
  const { from, to } = refused.values;
  const halfMs = (to.getTime() - from.getTime()) / 2;
  return takesPeriod(refused) && halfMs >= HOUR_MS ? startBefore(to, halfMs) : undefined;
}

async function shortEnough(refused: Refused): Promise<Date | undefined> {
  if (!takesPeriod(refused)) return undefined;
  const { from, to } = refused.values;
  // Of all there is, the first half of the years before now holds nothing.
  for (let ms = (to.getTime() - from.getTime()) / 2; ms >= HOUR_MS; ms /= 2) {
    const start = startBefore(to, ms);
    if ((await rowsRead(refused, start)) * ROOM <= refused.rowsToRead) return start;
  }
  return undefined;
}

/** A whole minute, later than asked rather than earlier. */
function startBefore(to: Date, ms: number): Date {
  return new Date(Math.ceil((to.getTime() - ms) / 60_000) * 60_000);
}

async function rowsRead({ client, query, values, settings, signal }: Refused, from: Date): Promise<number> {
  // The index alone is read, however many rows it names.
  const { max_rows_to_read: _, ...others } = settings;
  const asked = {
    query: `EXPLAIN ESTIMATE ${query.sql}`,
    query_params: queryParameters(query, { ...values, from }),
    format: 'JSONEachRow' as const,
    clickhouse_settings: others,
    abort_signal: signal,
  };
  try {
    const tables = await (await client.query(asked)).json<{ rows: string | number }>();
    return tables.reduce((sum, { rows }) => sum + Number(rows), 0);
  } catch (error) {
    // By a limit of the server's own.
    if (isTooManyRows(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

function isTooManyRows(error: unknown): boolean {
  return error instanceof ClickHouseError && error.type === 'TOO_MANY_ROWS';
}
