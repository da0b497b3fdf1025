import { readFileSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { loadQueries } from '../../consumer/analytics/report/library.ts';
import { runQuery } from '../../consumer/analytics/report/run.ts';

const DAY_MS = 86_400_000;

/** What the dashboard asks: days back from the end, of one app or of all. */
export const ASKED = [
  { name: '7 days, one app', days: 7, app: 'demo' },
  { name: '30 days, one app', days: 30, app: 'demo' },
  { name: '7 days, all apps', days: 7, app: '' },
  { name: '30 days, all apps', days: 30, app: '' },
] as const;

/** How long a query took as the dashboard asks it, over HTTP up to its parsed rows; milliseconds. */
export interface Timing {
  readonly query: string;
  readonly asked: (typeof ASKED)[number]['name'];
  readonly rows: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Processor time of the server for one run, both cores together; NaN where the system does not tell. */
  readonly cpuMs: number;
}

export interface Measuring {
  readonly client: ClickHouseClient;
  readonly end: Date;
  readonly runs: number;
  /** The server's process. */
  readonly pid: number;
  readonly told: (query: string) => void;
}

/** Times every query of the library, each after one run that does not count. */
export async function measure({ client, end, runs, pid, told }: Measuring): Promise<Timing[]> {
  const timings: Timing[] = [];
  // What needs a room or an event is not asked of a period.
  const ofPeriods = [...loadQueries().values()].filter(({ needs }) => needs.length === 0);
  for (const query of ofPeriods) {
    told(query.name);
    for (const { name, days, app } of ASKED) {
      const values = { app, from: new Date(end.getTime() - days * DAY_MS), to: end, tz: 'Asia/Jakarta' };
      const { rows } = await runQuery(client, query, values);
      const cpuBefore = cpuMs(pid);
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        const began = performance.now();
        await runQuery(client, query, values);
        times.push(performance.now() - began);
      }
      timings.push({
        query: query.name,
        asked: name,
        rows: rows.length,
        medianMs: quantile(times, 0.5),
        p95Ms: quantile(times, 0.95),
        cpuMs: (cpuMs(pid) - cpuBefore) / runs,
      });
    }
  }
  return timings;
}

function quantile(values: readonly number[], level: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(level * sorted.length) - 1] ?? Number.NaN;
}

const TICK_MS = 10;

/** Processor time that a process has taken so far, as Linux counts it. */
function cpuMs(pid: number): number {
  try {
    // The name, in brackets, can hold blanks; user and system time are the 12th and 13th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
