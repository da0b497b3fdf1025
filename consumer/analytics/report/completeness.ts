import type { ClickHouseClient } from '@clickhouse/client';
import { advice } from '../../query-faults.ts';
import type { QueryLibrary } from './library.ts';
import { aheadMs } from './local-clock.ts';
import type { QueryValues } from './parameters.ts';
import { queryNamed } from './report.ts';
import { type Answer, runQuery, type Value } from './run.ts';

/** Longer than this, nobody waits for a line beside an answer that is there. */
const MAX_SECONDS = 10;
/** ClickHouse ends the query by itself; longer than this, it hangs. */
const HUNG_MS = 12_000;

/**
 * Up to when what is asked about is complete, in a line for people; empty where nothing has come in. An answer is
 * worth printing without it: where it cannot be told, the line says so.
 * @param values the app, or all, and the time zone in which to say it
 * @param url of ClickHouse, without a password
 */
export async function completeness(
  client: ClickHouseClient,
  library: QueryLibrary,
  values: QueryValues,
  url: string,
): Promise<string> {
  const { app, from, to, tz } = values;
  const signal = AbortSignal.timeout(HUNG_MS);
  try {
    const query = queryNamed(library, 'completeness');
    const answer = await runQuery(client, query, { app, from, to, tz }, { signal, maxSeconds: MAX_SECONDS });
    return inWords(answer, { from, tz });
  } catch (error) {
    const why = signal.aborted ? 'ClickHouse does not say in time.' : (advice(error, url) ?? nameOf(error));
    return `It cannot be told how complete this is: ${why}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'an unknown fault';
}

function inWords({ columns, rows }: Answer, { from, tz }: Pick<QueryValues, 'from' | 'tz'>): string {
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
    until === '' ? 'Not complete: the first event is missing' : `Complete up to ${until?.slice(0, 19)} ${tz}`,
    ...(missing === 0 ? [] : [`${missing} missing events on their way`]),
    ...(dead === 0 ? [] : [`${dead} set aside as dead letters`]),
    ...(['events', 'messages'] as const).flatMap((what) => {
      const keptFrom = String(valuesOf(`${what}_kept_from`)[0] ?? '').slice(0, 19);
      return keptFrom > clockOf(from, tz) ? [`${what} before ${keptFrom} ${tz} are no longer kept`] : [];
    }),
  ].join('; ');
}

/** What a zone's clock shows, as ClickHouse writes it. */
function clockOf(instant: Date, tz: string): string {
  const ms = instant.getTime();
  return new Date(ms + aheadMs(ms, tz)).toISOString().slice(0, 19).replace('T', ' ');
}
