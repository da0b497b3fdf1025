import type { ClickHouseClient } from '@clickhouse/client';
import type { QueryLibrary } from './library.ts';
import type { QueryValues } from './parameters.ts';
import { queryNamed } from './report.ts';
import { runQuery, type Value } from './run.ts';

/**
 * Up to when what is asked about is complete, in a line for people; empty where nothing has come in.
 * @param values the app, or all, and the time zone in which to say it
 * @throws what runQuery throws
 */
export async function completeness(
  client: ClickHouseClient,
  library: QueryLibrary,
  values: QueryValues,
): Promise<string> {
  const { columns, rows } = await runQuery(client, queryNamed(library, 'completeness'), values);
  if (rows.length === 0) return '';
  const column = (name: string) => columns.findIndex((one) => one.name === name);
  const valuesOf = (name: string): Value[] => rows.map((row) => row[column(name)] ?? null);
  const sum = (name: string) => valuesOf(name).reduce<number>((total, value) => total + Number(value), 0);
  // The app that lags most decides; one whose first event is missing is complete up to no time at all.
  const [until] = valuesOf('complete_until')
    .map((value) => String(value ?? ''))
    .sort();
  const [missing, dead] = [sum('missing'), sum('dead_letters')];
  return [
    until === ''
      ? 'Not complete: the first event is missing'
      : `Complete up to ${until?.slice(0, 19)} ${values.tz}`,
    ...(missing === 0 ? [] : [`${missing} missing events on their way`]),
    ...(dead === 0 ? [] : [`${dead} set aside as dead letters`]),
  ].join('; ');
}
