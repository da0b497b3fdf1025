import { beforeAll, describe, expect, test } from 'vitest';
import { readTimeZone } from '../../consumer/analytics/report/parameters.ts';
import type { Value } from '../../consumer/analytics/report/run.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { aheadAt, clockAt, clockChanges, TEN_YEARS } from '../support/clock-changes.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { type Answered, ask } from './ask.ts';
import { insert, resolution, session, utc } from './rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEED = Number(process.env.BUCKETS_SEED ?? 1);

/** A period around a change of a zone's clock, and events in it, one of them at each of its ends. */
interface Case {
  readonly tz: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly eventsMs: readonly number[];
}

const random = mulberry32(SEED);
const below = (bound: number) => Math.floor(random() * bound);

/** Up to two days, so by the hour; or twenty, so by the day; or six hundred, so by the month. */
function caseAround(tz: string, aboutMs: number, lengthMs: number): Case {
  const fromMs = aboutMs - below(lengthMs / 1000) * 1000;
  const toMs = fromMs + lengthMs;
  const inside = Array.from({ length: 12 }, () => fromMs + below(lengthMs));
  // Where the clock changes, and a little before and after: what is repeated, and what is left out.
  const near = Array.from({ length: 12 }, () => aboutMs + below(4 * HOUR_MS) - 2 * HOUR_MS);
  const events = [...inside, ...near, aboutMs, aboutMs - 1, fromMs, toMs - 1];
  return { tz, fromMs, toMs, eventsMs: events.filter((ms) => ms >= fromMs && ms < toMs) };
}

const LENGTHS = [2 * DAY_MS, 20 * DAY_MS, 600 * DAY_MS];

function casesOf(tz: string, number: number): Case {
  const changes = clockChanges(tz, TEN_YEARS.fromMs, TEN_YEARS.toMs);
  const changeMs = changes[below(changes.length)] ?? TEN_YEARS.fromMs + below(3000) * DAY_MS;
  return caseAround(tz, changeMs, LENGTHS[number % 4 === 3 ? 1 + below(2) : 0] ?? DAY_MS);
}

/** What the issue names, and each of a kind: an hour, half an hour, at a quarter past, at midnight, across days. */
const NAMED = [
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00:00Z'],
  ['Africa/Cairo', '2026-10-29T21:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Pacific/Chatham', '2026-09-26T14:00:00Z'],
  ['Pacific/Chatham', '2026-04-04T14:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'],
  ['America/Havana', '2026-11-01T05:00:00Z'],
  ['Asia/Kathmandu', '2026-05-01T00:00:00Z'],
  ['Asia/Pyongyang', '2018-05-04T15:00:00Z'],
  ['Antarctica/Troll', '2026-03-29T01:00:00Z'],
] as const;
const named = NAMED.flatMap(([tz, at]) => LENGTHS.map((length) => caseAround(tz, Date.parse(at), length)));

/** Of the zones whose clocks have gone alike all the time, one: which, the seed decides. */
function zonesApart(): string[] {
  const { fromMs, toMs } = TEN_YEARS;
  const history = (tz: string) =>
    [fromMs, ...clockChanges(tz, fromMs, toMs)].map((ms) => `${ms} ${aheadAt(ms, tz)}`).join();
  const alike = Map.groupBy(Intl.supportedValuesOf('timeZone'), history);
  return [...alike.values()].flatMap((zones) => zones[below(zones.length)] ?? []);
}

const all = [...named, ...zonesApart().map(casesOf)];

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  await fill('sessions_rows', session);
  await fill('resolutions_rows', resolution);
});

async function fill(table: string, make: typeof session): Promise<void> {
  const values = all.flatMap(({ eventsMs }, number) =>
    eventsMs.map((ms, i) => make(`${number} ${i}`, utc(ms), { app_id: appOf(number) })),
  );
  // Ten years in one insert.
  const clickhouse_settings = { max_partitions_per_insert_block: '0' };
  await database.client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings });
}

const appOf = (number: number) => `case ${number}`;

const askAbout = (name: string, { tz, fromMs, toMs }: Case, number: number) =>
  ask(database, name, { from: new Date(fromMs), to: new Date(toMs), tz, app: appOf(number) });

const sum = (rows: readonly Answered[], column: string) =>
  rows.reduce((total, row) => total + Number(row[column]), 0);
const instant = (value: Value | undefined) => Date.parse(String(value));

/** What a clock shows of a bucket: its hour with the offset, its day, its month. */
function shown(ms: number, tz: string, unit: Value | undefined): string {
  const clock = new Date(clockAt(ms, tz)).toISOString();
  if (unit === 'hour') return `${clock.slice(0, 13)} ${aheadAt(ms, tz)}`;
  return clock.slice(0, unit === 'day' ? 10 : 7);
}

/** Whether ClickHouse's clock goes as Node's does: a zone's rules change, and one of the two may be older. */
async function isClockAlike(tz: string, instantsMs: readonly number[]): Promise<boolean> {
  const seconds = instantsMs.map((ms) => Math.floor(ms / 1000));
  const rows = await database.rows<{ at: string; clock: string }>(
    `SELECT toString(at) AS at, toString(toDateTime(at), '${readTimeZone(tz)}') AS clock
      FROM (SELECT arrayJoin({seconds:Array(UInt32)}) AS at)`,
    { seconds },
  );
  return rows.every(
    ({ at, clock }) => Date.parse(`${clock.replace(' ', 'T')}Z`) === clockAt(Number(at) * 1000, tz),
  );
}

describe('in every zone, around a change of its clock in the last ten years', () => {
  test('the buckets of activity-over-time tile the period, and their sum is its count', {
    tags: 'long',
  }, async () => {
    let differing = 0;
    for (const [number, one] of all.entries()) {
      const { tz, fromMs, toMs, eventsMs } = one;
      const about = `seed ${SEED}: ${tz}, ${utc(fromMs)} to ${utc(toMs)}`;
      const rows = await askAbout('activity-over-time', one, number);
      expect(sum(rows, 'sessions'), about).toBe(eventsMs.length);
      expect(sum(rows, 'resolutions'), about).toBe(eventsMs.length);
      const bounds = [...rows.map((row) => instant(row.from_at)), instant(rows.at(-1)?.to_at)];
      expect(bounds, about).toEqual([fromMs, ...rows.map((row) => instant(row.to_at))]);
      expect(bounds, about).toEqual([...new Set(bounds)].toSorted((a, b) => a - b));
      const starts = rows.map((row) => instant(row.bucket));
      expect(starts, about).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
      for (const [i, row] of rows.entries()) {
        const counted = eventsMs.filter((ms) => ms >= (bounds[i] ?? 0) && ms < (bounds[i + 1] ?? 0));
        expect(row.sessions, `${about}: ${row.bucket}`).toBe(counted.length);
      }
      if (!(await isClockAlike(tz, [...bounds, ...starts]))) differing++;
      else for (const row of rows) expectOneBucket(row, tz, about);
    }
    // Else, next to nothing would be looked at.
    expect(differing).toBeLessThan(12);
  });
});

/** One hour, day or month of the clock, the whole of it but for what the period cuts, written as the clock shows it. */
function expectOneBucket(row: Answered, tz: string, about: string): void {
  const [startMs, fromMs, toMs] = [instant(row.bucket), instant(row.from_at), instant(row.to_at)];
  const label = shown(startMs, tz, row.unit);
  expect(shown(fromMs, tz, row.unit), about).toBe(label);
  expect(shown(toMs - 1000, tz, row.unit), about).toBe(label);
  expect(shown(startMs - 1000, tz, row.unit), about).not.toBe(label);
  if (row.is_whole === 1) expect(shown(toMs, tz, row.unit), about).not.toBe(label);
  expect(String(row.bucket).slice(0, 19), about).toBe(
    new Date(clockAt(startMs, tz)).toISOString().slice(0, 19),
  );
}

describe('where the clock is put forward or back', () => {
  test.each([
    [
      'volume-by-channel-and-hour',
      (one: Case, number: number) => askAbout('volume-by-channel-and-hour', one, number),
    ],
    [
      'channel_hourly',
      ({ tz }: Case, number: number) =>
        database.rows<Answered>(
          `SELECT toUInt32(sessions) AS sessions, toUnixTimestamp(hour) AS seconds, hour_iso AS hour
            FROM channel_hourly(tz = {tz:String}) WHERE app_id = {app:String} ORDER BY seconds`,
          { tz, app: appOf(number) },
        ),
    ],
  ])('each hour of %s is one of the clock, and the sum of all is the count', async (_, rowsOf) => {
    for (const [number, one] of named.entries()) {
      const { tz, fromMs, toMs, eventsMs } = one;
      const about = `seed ${SEED}: ${tz}, ${utc(fromMs)} to ${utc(toMs)}`;
      const hours = Map.groupBy(eventsMs, (ms) => shown(ms, tz, 'hour'));
      const rows = await rowsOf(one, number);
      expect(sum(rows, 'sessions'), about).toBe(eventsMs.length);
      const told = rows.map((row) => [shown(instant(row.hour), tz, 'hour'), row.sessions]);
      expect(Object.fromEntries(told), about).toEqual(
        Object.fromEntries([...hours].map(([hour, events]) => [hour, events.length])),
      );
      for (const { hour, seconds = instant(hour) / 1000 } of rows) {
        expect(Number(seconds) * 1000).toBe(instant(hour));
        expect(shown(instant(hour) - 1000, tz, 'hour'), about).not.toBe(shown(instant(hour), tz, 'hour'));
      }
    }
  });
});

test('New York’s two hours from 1:00 on the first of November 2026 are two buckets, told by their offsets', async () => {
  const from = new Date('2026-11-01T05:00:00Z');
  const app = 'new york';
  const rooms = ['05:30', '06:15', '06:45'].map((clock) =>
    session(clock, `2026-11-01 ${clock}:00`, { app_id: app }),
  );
  await insert(database, 'sessions', rooms);
  const to = new Date('2026-11-01T08:00:00Z');
  const rows = await ask(database, 'activity-over-time', { from, to, tz: 'America/New_York', app });
  expect(rows.map(({ bucket, sessions }) => [bucket, sessions])).toEqual([
    ['2026-11-01T01:00:00-04:00', 1],
    ['2026-11-01T01:00:00-05:00', 2],
    ['2026-11-01T02:00:00-05:00', 0],
  ]);
});
