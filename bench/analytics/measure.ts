import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { loadQueries, type Query, type QueryLibrary } from '../../consumer/analytics/report/library.ts';
import { queryParameters } from '../../consumer/analytics/report/parameters.ts';
import { type Answer, runQuery } from '../../consumer/analytics/report/run.ts';
import { queryFault } from '../../consumer/query-faults.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { usageOf } from '../usage.ts';
import { type AskedPeriod, periodsOf } from './periods.ts';

/** How long a query took as the dashboard asks it, over HTTP up to its parsed rows, warm; milliseconds. */
export interface Measurement {
  readonly query: string;
  readonly period: string;
  /** Null where ClickHouse did not answer it within memory and time; `fault` says so. */
  readonly median_ms: number | null;
  readonly p95_ms: number | null;
  /** Processor time of the server for one run, all cores together. */
  readonly cpu_ms: number | null;
  readonly rows: number;
  readonly fault?: string;
}

export interface Measuring {
  readonly client: ClickHouseClient;
  readonly end: Date;
  readonly days: number;
  /** How often each is timed; what takes long is timed less often. */
  readonly runs: number;
  /** The server's process. */
  readonly pid: number;
  readonly told: (what: string) => void;
}

/** What has taken so long is not asked again. */
const ENOUGH_MS = 8_000;
const MAX_SECONDS = 280;
/** How the names of the naive way begin. */
const NAIVE = 'naive-';
/** The naive way reads everything whatever is asked: the cheapest and the dearest period show that. */
const NAIVE_PERIODS = ['7d-one-app', '30d-all-apps'];

/**
 * Times every query of the library, each after one run that does not count; the audit, as `/metrics` asks it; and the
 * naive way, whose answers must be the library's.
 * @throws Error where an answer of the naive way is another
 */
export async function measure(measuring: Measuring): Promise<Measurement[]> {
  const periods = periodsOf(measuring.end, measuring.days);
  const library = new Map([...loadQueries(), ...loadQueries(folder('beside'))]);
  const naive = loadQueries(folder('naive'));
  const found: Measurement[] = [];
  for (const query of library.values()) {
    // What needs a room or an event is not asked of a period.
    if (query.needs.length > 0) continue;
    found.push(...(await measureQuery(measuring, query, query.name, periods)));
  }
  const few = periods.filter(({ name }) => NAIVE_PERIODS.includes(name));
  for (const query of naive.values()) {
    found.push(...(await measureQuery(measuring, query, NAIVE + query.name, few)));
    await checkSame(measuring, library, query, few);
  }
  return found;
}

const folder = (name: string) => join(import.meta.dirname, name);

/** What two periods ask in the same words is timed once. */
async function measureQuery(
  measuring: Measuring,
  query: Query,
  name: string,
  periods: readonly AskedPeriod[],
): Promise<Measurement[]> {
  measuring.told(name);
  const timed = new Map<string, Omit<Measurement, 'query' | 'period'>>();
  const found: Measurement[] = [];
  for (const period of periods) {
    const key = JSON.stringify(queryParameters(query, valuesOf(query, period)));
    const timing = timed.get(key) ?? (await timedRuns(measuring, query, period));
    timed.set(key, timing);
    found.push({ query: name, period: period.name, ...timing });
  }
  return found;
}

async function timedRuns({ client, pid, runs }: Measuring, query: Query, period: AskedPeriod) {
  const run = async () => {
    const began = performance.now();
    const { rows } = await asked(client, query, period);
    return { rows: rows.length, tookMs: performance.now() - began };
  };
  try {
    const warm = await run();
    const before = usageOf({ pid }).cpuMs;
    const times: number[] = [];
    while (times.length === 0 || (times.length < runs && sum(times) < ENOUGH_MS))
      times.push((await run()).tookMs);
    return {
      median_ms: rounded(median(times)),
      p95_ms: rounded(quantile(times, 0.95)),
      cpu_ms: rounded((usageOf({ pid }).cpuMs - before) / times.length),
      rows: warm.rows,
    };
  } catch (error) {
    const fault = queryFault(error);
    // Not there, or another version's: nothing after it would be answered either.
    if (fault !== 'too-slow' && fault !== 'other') throw error;
    return { median_ms: null, p95_ms: null, cpu_ms: null, rows: 0, fault: messageOf(error) };
  }
}

function asked(client: ClickHouseClient, query: Query, period: AskedPeriod): Promise<Answer> {
  return runQuery(client, query, valuesOf(query, period), { maxSeconds: MAX_SECONDS });
}

function valuesOf(query: Query, { app, from, to }: AskedPeriod) {
  const takesApp = query.parameters.some(({ name }) => name === 'app');
  return { from, to, tz: 'Asia/Jakarta', ...(takesApp && { app }) };
}

/** A comparison with another answer would be none. */
async function checkSame(
  { client }: Measuring,
  library: QueryLibrary,
  naive: Query,
  periods: readonly AskedPeriod[],
): Promise<void> {
  const ours = library.get(naive.name);
  const [period] = periods;
  if (ours === undefined || period === undefined) return;
  const right = await asked(client, ours, period);
  // Too large for the naive way: said in its measurement.
  const other = await asked(client, naive, period).catch(() => undefined);
  if (other === undefined) return;
  const names = other.columns.map(({ name }) => name);
  if (lines(right, names) !== lines(other, names)) {
    throw new Error(`the naive way of ${naive.name} does not answer what the library does`);
  }
}

/** The rows as text, in any order, of these columns. */
function lines({ columns, rows }: Answer, names: readonly string[]): string {
  const places = names.map((name) => columns.findIndex((column) => column.name === name));
  return rows
    .map((row) => JSON.stringify(places.map((place) => row[place])))
    .sort()
    .join('\n');
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Its first line, without the query. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? '';
}
