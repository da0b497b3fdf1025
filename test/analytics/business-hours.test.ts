import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { insert, resolution, session, utc } from './rows.ts';

type Hours = { app_id: string; weekday: number; opens: string; closes: string; tz: string };

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

const open = (hours: readonly Hours[]) =>
  database.client.insert({ table: 'business_hours', values: hours, format: 'JSONEachRow' });

const days = (app_id: string, weekdays: readonly number[], opens: string, closes: string, tz: string) =>
  open(weekdays.map((weekday) => ({ app_id, weekday, opens, closes, tz })));

let rooms = 0;

/** Business seconds from a session to its resolution, as the views say. @param from UTC */
async function between(app_id: string, from: string, to: string): Promise<number> {
  const room = `room ${++rooms}`;
  await insert(database, 'sessions', [session(room, from, { app_id })]);
  await insert(database, 'resolutions', [resolution(room, to, { app_id })]);
  const rows = await database.rows<{ seconds: string }>(
    `SELECT business_seconds_to_resolve AS seconds FROM session_outcomes WHERE room_id = {room:String}
    UNION ALL SELECT business_seconds_to_resolve FROM resolution_outcomes WHERE room_id = {room:String}`,
    { room },
  );
  expect(new Set(rows.map(({ seconds }) => seconds)).size, 'sessions and resolutions agree').toBe(1);
  return Number(rows[0]?.seconds);
}

test('without hours of its own, an app works Monday to Friday from 9 to 17 o’clock in Jakarta', async () => {
  // Friday 16:50 in Jakarta to Monday 09:20.
  expect(await between('no-hours', '2026-11-06 09:50:00', '2026-11-09 02:20:00')).toBe(30 * 60);
  // A Saturday.
  expect(await between('no-hours', '2026-11-07 02:00:00', '2026-11-07 09:00:00')).toBe(0);
  // Two whole weeks.
  expect(await between('no-hours', '2026-11-03 02:00:00', '2026-11-17 02:00:00')).toBe(10 * 8 * 3600);
});

test('an app with hours of its own has those alone, until the end of the day where it says 24:00', async () => {
  await days('weekend', [6], '09:00', '13:00', 'Asia/Makassar');
  await days('weekend', [7], '20:00', '24:00', 'Asia/Makassar');
  // Monday to Monday: 4 hours on Saturday, 4 on Sunday.
  expect(await between('weekend', '2026-11-02 00:00:00', '2026-11-09 00:00:00')).toBe(8 * 3600);
  // Sunday 23:59 in Makassar to Monday 00:01.
  expect(await between('weekend', '2026-11-08 15:59:00', '2026-11-08 16:01:00')).toBe(60);
});

test('a day inserted again counts as inserted last, and is closed with equal times', async () => {
  await days('changed', [1, 2], '09:00', '17:00', 'Asia/Jakarta');
  await days('changed', [1], '10:00', '11:00', 'Asia/Jakarta');
  await days('changed', [2], '00:00', '00:00', 'Asia/Jakarta');
  expect(await between('changed', '2026-11-01 00:00:00', '2026-11-07 00:00:00')).toBe(3600);
});

test('the clock’s change in spring and autumn moves the working hours with it', async () => {
  await days('berlin', [1, 2, 3, 4, 5, 6, 7], '09:00', '17:00', 'Europe/Berlin');
  // Summer time ends on 25 October 2026, begins on 29 March: 09:00 is 07:00 UTC before, 08:00 UTC after.
  expect(await between('berlin', '2026-10-24 07:00:00', '2026-10-24 08:00:00')).toBe(3600);
  expect(await between('berlin', '2026-10-25 07:00:00', '2026-10-25 08:00:00')).toBe(0);
  expect(await between('berlin', '2026-10-24 12:00:00', '2026-10-25 09:00:00')).toBe(4 * 3600);
  expect(await between('berlin', '2026-03-28 12:00:00', '2026-03-29 08:00:00')).toBe(5 * 3600);
});

type Clock = (ms: number) => readonly string[];

/** What the clock of a zone shows, weekday and time; it is looked at once a minute, though walks pass that often. */
function clockOf(tz: string): Clock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: tz,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const seen = new Map<number, readonly string[]>();
  return (ms) => {
    const shown = seen.get(ms) ?? format.format(ms).split(/,? /);
    seen.set(ms, shown);
    return shown;
  };
}

/** Minutes within the hours, each looked at by itself. */
function minutesOpen(
  fromMs: number,
  toMs: number,
  opens: string,
  closes: string,
  weekdays: string[],
  clock: Clock,
) {
  let minutes = 0;
  for (let ms = fromMs; ms < toMs; ms += 60_000) {
    const [weekday = '', time = ''] = clock(ms);
    if (weekdays.includes(weekday) && time >= opens && time < closes) minutes++;
  }
  return minutes;
}

test.each(['Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'])(
  'business seconds in %s are those that a walk along the clock counts',
  async (tz) => {
    await days(tz, [1, 3, 6], '08:15', '19:45', tz);
    const clock = clockOf(tz);
    const starts = [Date.UTC(2026, 9, 3), Date.UTC(2026, 9, 30, 3, 21), Date.UTC(2026, 10, 4, 13, 7)];
    for (const start of starts) {
      const end = start + (3 * 1440 + 417) * 60_000;
      const minutes = minutesOpen(start, end, '08:15', '19:45', ['Mon', 'Wed', 'Sat'], clock);
      expect(await between(tz, utc(start), utc(end)), utc(start)).toBe(minutes * 60);
    }
  },
);

/** Each zone, and what its clock does: forward and back an hour, half an hour, and at a quarter past the hour. */
const CHANGES = [
  ['America/New_York', 'forward', '2026-03-08 07:00:00'],
  ['America/New_York', 'back', '2026-11-01 06:00:00'],
  ['Australia/Lord_Howe', 'forward', '2026-10-03 15:30:00'],
  ['Australia/Lord_Howe', 'back', '2026-04-04 15:00:00'],
  ['Pacific/Chatham', 'forward', '2026-09-26 14:00:00'],
  ['Africa/Cairo', 'forward', '2026-04-23 22:00:00'],
] as const;
const QUARTER_MS = 900_000;

test.each(CHANGES)(
  'business seconds around the change of the clock in %s, %s, are those that passed',
  async (tz, way, at) => {
    const changeMs = Date.parse(`${at.replace(' ', 'T')}Z`);
    const clock = clockOf(tz);
    // In the change, before and after it, and all day: each day of the week alike.
    const hours = [
      ['00:00', '24:00'],
      ['01:15', '01:45'],
      ['02:15', '03:30'],
      ['00:30', '02:00'],
    ] as const;
    for (const [opens, closes] of hours) {
      const app = `${tz} ${way} ${opens}`;
      await days(app, [1, 2, 3, 4, 5, 6, 7], opens, closes, tz);
      const told = steps(changeMs).map(([from, to], i) => ({ room: `${app} ${i}`, from, to }));
      await insert(
        database,
        'sessions',
        told.map(({ room, from }) => session(room, utc(from), { app_id: app })),
      );
      await insert(
        database,
        'resolutions',
        told.map(({ room, to }) => resolution(room, utc(to), { app_id: app })),
      );
      const rows = await database.rows<{ room: string; seconds: number }>(
        'SELECT room_id AS room, toInt32(business_seconds_to_resolve) AS seconds FROM session_outcomes WHERE app_id = {app:String}',
        { app },
      );
      const found = new Map(rows.map(({ room, seconds }) => [room, seconds]));
      const everyDay = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
      for (const { room, from, to } of told) {
        const minutes = minutesOpen(from, to, opens, closes, everyDay, clock);
        expect(found.get(room), `${opens} to ${closes}, ${utc(from)} to ${utc(to)}`).toBe(minutes * 60);
      }
    }
  },
);

/** From every quarter of an hour near the change to the next, to one some hours later, and to the same of next week. */
function steps(changeMs: number): [from: number, to: number][] {
  const starts = Array.from({ length: 20 }, (_, i) => changeMs + (i - 10) * QUARTER_MS);
  const ends = [QUARTER_MS, 5 * QUARTER_MS, 7 * 96 * QUARTER_MS];
  return starts.flatMap((from) => ends.map((length): [number, number] => [from, from + length]));
}

test('hours that are none are refused, with the rule that they break', async () => {
  await expect(days('wrong', [8], '09:00', '17:00', 'Asia/Jakarta')).rejects.toThrow('weekday_exists');
  await expect(days('wrong', [1], '9:00', '17:00', 'Asia/Jakarta')).rejects.toThrow('opens_is_a_time');
  await expect(days('wrong', [1], '09:00', '25:00', 'Asia/Jakarta')).rejects.toThrow('closes_is_a_time');
  await expect(days('wrong', [1], '17:00', '09:00', 'Asia/Jakarta')).rejects.toThrow('closes_after_it_opens');
});

test.each(['asia/jakarta', '+07:00', 'Mars/Olympus', ''])(
  'hours in the zone "%s", which is none, are refused by name, and those before them stay',
  async (tz) => {
    const app = `in ${tz}`;
    await days(app, [1], '10:00', '11:00', 'Asia/Jakarta');
    await expect(days(app, [1, 2], '09:00', '17:00', tz)).rejects.toThrow(`time zone ${tz}`);
    expect(await between(app, '2026-11-02 00:00:00', '2026-11-07 00:00:00')).toBe(3600);
  },
);
