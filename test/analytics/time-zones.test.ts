import { setImmediate as turn } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { beforeAll, expect, test } from 'vitest';
import { loadQueries } from '../../consumer/analytics/report/library.ts';
import { type QueryValues, readTimeZone } from '../../consumer/analytics/report/parameters.ts';
import { readPeriod } from '../../consumer/analytics/report/period.ts';
import { runQuery } from '../../consumer/analytics/report/run.ts';
import { serveDashboard } from '../dashboard/serve.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { clockAt, clockChanges, TEN_YEARS } from '../support/clock-changes.ts';
import { runScript } from '../support/programs.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const DAY_MS = 86_400_000;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

test.each([
  ['utc', 'UTC'],
  ['Etc/Zulu', 'UTC'],
  ['asia/jakarta', 'Asia/Jakarta'],
  ['ASIA/CALCUTTA', 'Asia/Kolkata'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['europe/kyiv', 'Europe/Kyiv'],
  ['est5edt', 'America/New_York'],
  ['Etc/gmt-7', 'Etc/GMT-7'],
])('%s is the zone %s', (text, name) => {
  expect(readTimeZone(text)).toBe(name);
});

test.each([
  ['+07:00', '"+07:00" is an offset, not a time zone. Did you mean Asia/Jakarta or '],
  [' 07:00', 'is an offset, not a time zone. Did you mean Asia/Jakarta or '],
  ['UTC+5:30', '"UTC+5:30" is an offset, not a time zone. Did you mean Asia/Kolkata'],
  ['-99:00', '"-99:00" is an offset, not a time zone.'],
  ['jakarta', '"jakarta" names no one zone. Did you mean Asia/Jakarta?'],
  ['IST', '"IST" names no one zone.'],
  ['CST', '"CST" names no one zone.'],
  ['SystemV/EST5', '"SystemV/EST5" names no one zone.'],
  ['__proto__', '"__proto__" names no one zone.'],
  ['', '"" names no one zone.'],
  ["Asia/Jakarta' OR 1", 'names no one zone.'],
  ['x'.repeat(1000), `"${'x'.repeat(40)}…" names no one zone.`],
])('%s is refused by name, with what to write', (text, hint) => {
  expect(() => readTimeZone(text, '--tz')).toThrow(
    expect.objectContaining({
      name: 'QueryInputError',
      message: expect.stringMatching(/^--tz must be an IANA time zone, such as Asia\/Jakarta: /),
    }),
  );
  expect(() => readTimeZone(text)).toThrow(hint);
});

test('every zone that Node or ClickHouse knows, in whatever case, is one that both know and show alike, or is refused', {
  tags: 'long',
}, async () => {
  const known = await database.rows<{ name: string }>('SELECT time_zone AS name FROM system.time_zones');
  const accepted = new Map<string, string>();
  const refused: string[] = [];
  for (const name of [...known.map((zone) => zone.name), ...ZONES]) {
    try {
      expect(readTimeZone(name.toLowerCase()), name).toBe(readTimeZone(name));
      accepted.set(name, readTimeZone(name));
    } catch {
      refused.push(name);
    }
  }
  expect(refused).toEqual(['Factory']);
  for (const [name, canonical] of accepted) {
    expect(readTimeZone(canonical), name).toBe(canonical);
    for (const ms of [TEN_YEARS.fromMs, Date.UTC(2026, 6, 1)])
      expect(clockAt(ms, canonical), name).toBe(clockAt(ms, name));
  }
  // A zone that is newer than ClickHouse's own list can be read from the machine's, where that has it.
  const listed = new Set(known.map((zone) => zone.name));
  const zones = [...new Set(accepted.values())].filter((zone) => listed.has(zone));
  const columns = zones.map((zone, i) => `toTimeZone(now(), '${zone}') AS z${i}`);
  await database.rows(`SELECT ${columns.join(', ')}`);
});

test('the report and the API take a zone alike, and say it as IANA does', async () => {
  const env = { CLICKHOUSE_URL: database.url };
  const args = ['overview', '--tz', 'utc', '--from', '2026-11-01', '--to', '2026-11-02', '--format', 'json'];
  const { stdout } = await runScript('consumer/analytics/report/main.ts', env, args);
  expect(JSON.parse(stdout)).toMatchObject([{ from_at: '2026-11-01 00:00:00' }, {}]);
  const url = await serveDashboard(database);
  const asked = async (tz: string) => {
    const response = await fetch(`${url}/api/queries/overview?from=2026-11-01&to=2026-11-02&tz=${tz}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await asked('asia/calcutta')).toMatchObject({ status: 200, body: { tz: 'Asia/Kolkata' } });
  expect(await asked('%2B07:00')).toMatchObject({ status: 400, body: { detail: readingOf('+07:00') } });
});

function readingOf(text: string): string {
  try {
    return readTimeZone(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

test('a zone that this ClickHouse is too old to know is refused by name; any other fault stays what it is', async () => {
  const query = loadQueries().get('busiest-hours');
  if (query === undefined) throw new Error('there is no query busiest-hours');
  const period: QueryValues = {
    from: new Date('2026-11-01'),
    to: new Date('2026-11-02'),
    tz: 'Asia/Jakarta',
  };
  const asked = runQuery(lacking(database.client, 'Asia/Jakarta'), query, period);
  await expect(asked).rejects.toMatchObject({
    name: 'QueryInputError',
    message: expect.stringContaining('ClickHouse does not know the time zone Asia/Jakarta'),
  });
  const broken = { ...query, sql: "SELECT toTimeZone(now(), 'nowhere')" };
  await expect(runQuery(database.client, broken, period)).rejects.toMatchObject({ type: 'BAD_ARGUMENTS' });
});

/** The client of a ClickHouse whose time zone data lacks a zone. */
function lacking(client: ClickHouseClient, zone: string): ClickHouseClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
      return (asked: Parameters<ClickHouseClient['query']>[0]) => {
        const given = Object.entries(asked.query_params ?? {});
        const query_params = Object.fromEntries(
          given.map(([key, one]) => [key, one === zone ? 'Nowhere/At_All' : one]),
        );
        return target.query({ ...asked, query_params });
      };
    },
  });
}

test('a local day begins at its first instant, in every zone, around every change of its clock in ten years', async () => {
  for (const tz of ZONES) {
    // Seconds in one go, and a connection that the server closes meanwhile would be used once more.
    await turn();
    for (const changeMs of clockChanges(tz, TEN_YEARS.fromMs, TEN_YEARS.toMs)) {
      for (const aboutMs of [changeMs - DAY_MS, changeMs, changeMs + DAY_MS]) {
        const day = new Date(clockAt(aboutMs, tz)).toISOString().slice(0, 10);
        const startMs = readPeriod(day, undefined, tz, new Date()).from.getTime();
        const shown = (ms: number) => new Date(clockAt(ms, tz)).toISOString().slice(0, 10);
        expect(`${tz} ${shown(startMs)}`).toBe(`${tz} ${day}`);
        expect(shown(startMs - 1000) < day, `${tz} ${day}`).toBe(true);
      }
    }
  }
});

test.each([
  // The clock is put forward from 2:00 to 3:00, and back from 2:00 to 1:00.
  ['2026-03-08 02:30', 'America/New_York', '2026-03-08T07:00:00.000Z'],
  ['2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  // From 0:00 to 1:00: the day has no midnight.
  ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
  ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ['2026-10-04 02:10', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
])('%s in %s is %s', (text, tz, instant) => {
  expect(readPeriod(text, undefined, tz, new Date()).from.toISOString()).toBe(instant);
});

test.each(['2026-02-30', '2026-02-29 10:00', '2026-13-01', '2026-11-01 25:00', 'yesterday'])(
  '%s is no time',
  (text) => {
    expect(() => readPeriod(text, undefined, 'UTC', new Date())).toThrow(
      `${JSON.stringify(text)} is no time`,
    );
  },
);
