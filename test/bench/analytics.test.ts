import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { onServer, type Server } from '../../bench/analytics/server.ts';
import { loadQueries } from '../../consumer/analytics/report/library.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import { FACT_TABLES } from '../../consumer/persist/tables.ts';
import { FACT_KINDS } from '../../schemas/webhooks.ts';
import { runScript } from '../support/programs.ts';

const TIMEOUT_MS = 170_000;
const PERIODS = ['7d-one-app', '30d-one-app', '7d-all-apps', '30d-all-apps', '7d-one-app-two-years-ago'];

test(
  'bench:analytics times every query in each period, finds the naive answers the same, and uses loaded data again',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bench-analytics-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const first = await runScript('bench/analytics.ts', {}, ['--quick', '--json', '--data', dir], TIMEOUT_MS);
    const { events, measurements } = JSON.parse(first.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(events).toBe(20_000);
    const asked = (name: string) =>
      measurements.filter(({ query }: { query: string }) => query === name).map(nameOfPeriod);
    // What is told of one room, customer, agent or event is none for a period.
    const ofPeriods = [...loadQueries().values()].filter(({ needs }) => needs.length === 0);
    for (const name of [...ofPeriods.map((query) => query.name), 'audit'])
      expect(asked(name), name).toEqual(PERIODS);
    for (const name of ['agents', 'overview', 'time-to-resolve'])
      expect(asked(`naive-${name}`)).toEqual(['7d-one-app', '30d-all-apps']);
    expect(measurements.filter((one: { median_ms: unknown }) => typeof one.median_ms !== 'number')).toEqual(
      [],
    );
    // Of a history without rows in a period, the time would say nothing.
    for (const one of measurements.filter(({ query }: { query: string }) => query === 'channels'))
      expect(one.rows).toBeGreaterThan(0);

    const { unbalanced, strange } = await onServer(join(dir, '20000'), books);
    expect(unbalanced).toEqual([]);
    expect(strange).toEqual([]);

    const beside = join(dir, 'first.json');
    await writeFile(beside, first.stdout);
    const again = ['--quick', '--data', dir, '--beside', beside];
    const second = await runScript('bench/analytics.ts', {}, again, TIMEOUT_MS);
    expect(second.stderr).toContain('20,000 events are there from before');
    expect(second.stdout).toMatch(/\| completeness .* → .*×/);
  },
  2 * TIMEOUT_MS,
);

/** What of the loaded data is not as the consumer would have stored it. */
async function books({ client }: Server) {
  const unbalanced = await rowsOf(client, 'SELECT outbox, kind, missing FROM audit WHERE NOT is_balanced');
  const place = 'outbox, sequence, event_id, app_id, occurred_at, received_at';
  const strange = [];
  for (const kind of FACT_KINDS) {
    const facts = `SELECT DISTINCT ${place} FROM ${FACT_TABLES[kind]}`;
    const events = `SELECT ${place} FROM events WHERE kind = '${kind}'`;
    strange.push(...(await rowsOf(client, `${facts} EXCEPT ${events}`)));
    strange.push(...(await rowsOf(client, `${events} EXCEPT ${facts}`)));
    const [{ n } = { n: 0 }] = await rowsOf<{ n: number }>(client, `SELECT count() AS n FROM (${facts})`);
    if (n === 0) strange.push(`there is no ${kind}`);
  }
  return { unbalanced, strange };
}

const nameOfPeriod = ({ period }: { period: string }) => period;
