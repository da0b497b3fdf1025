import { beforeAll, expect, test } from 'vitest';
import { loadQueries } from '../../consumer/analytics/report/library.ts';
import { runQuery } from '../../consumer/analytics/report/run.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { insert, logout, resolution, session, utc } from './rows.ts';

const HOUR_MS = 3_600_000;
const BUDI = { agent_id: 2, agent_email: 'budi@test', agent_name: 'Budi' };

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  const fill = async () => {
    await insert(database, 'sessions', [
      session('a', '2026-11-02 02:00:00', { is_waiting: true }),
      session('a', '2026-11-02 10:00:00'),
      session('b', '2026-11-02 03:00:00', { channel: 'fb', customer_id: 'customer of a' }),
    ]);
    await insert(database, 'resolutions', [
      resolution('a', '2026-11-02 02:10:00', { notes: 'done' }),
      resolution('a', '2026-11-02 10:30:00', BUDI),
      resolution('b', '2026-11-02 03:30:00', { channel: 'fb' }),
      resolution('b', '2026-11-02 03:40:00', { channel: 'fb' }),
    ]);
    await insert(database, 'agent_logouts', [
      logout('2026-11-02 10:00:00'),
      logout('2026-11-02 18:29:59', { force_offline: true }),
      logout('2026-11-02 18:30:00'),
    ]);
  };
  // As after a replay.
  await fill();
  await fill();
});

test('agent_daily tells resolutions, sessions, rooms and customers apart, and credits a reopened one', async () => {
  const rows = await database.rows(
    `SELECT toString(day) AS day, agent_name, channels, toUInt8(resolutions) AS resolutions, toUInt8(resolutions_with_notes) AS notes,
      toUInt8(sessions_resolved) AS sessions, toUInt8(rooms) AS rooms, toUInt8(customers) AS customers,
      median_seconds_to_resolve AS median, p90_seconds_to_resolve AS p90, median_business_seconds_to_resolve AS business,
      toUInt8(resolutions_24h_old) AS old, toUInt8(reopened_within_24h) AS reopened,
      toUInt8(logouts) AS logouts, toUInt8(forced_logouts) AS forced, toString(last_logout_at) AS last
    FROM agent_daily(tz = 'Asia/Kolkata') ORDER BY day, agent_id`,
  );
  expect(rows).toEqual([
    {
      day: '2026-11-02',
      agent_name: 'Ani',
      channels: ['fb', 'wa'],
      resolutions: 3,
      notes: 1,
      sessions: 2,
      rooms: 2,
      customers: 2,
      median: 1200,
      p90: 1680,
      business: 1200,
      old: 3,
      reopened: 1,
      logouts: 2,
      forced: 1,
      last: '2026-11-02 18:29:59',
    },
    {
      day: '2026-11-02',
      agent_name: 'Budi',
      channels: ['wa'],
      resolutions: 1,
      notes: 0,
      sessions: 1,
      rooms: 1,
      customers: 1,
      median: 1800,
      p90: 1800,
      business: 0,
      old: 1,
      reopened: 0,
      logouts: 0,
      forced: 0,
      last: null,
    },
    {
      day: '2026-11-03',
      agent_name: 'Ani',
      channels: [],
      resolutions: 0,
      notes: 0,
      sessions: 0,
      rooms: 0,
      customers: 0,
      median: null,
      p90: null,
      business: null,
      old: 0,
      reopened: 0,
      logouts: 1,
      forced: 0,
      last: '2026-11-02 18:30:00',
    },
  ]);
});

test('channel_hourly counts sessions in the hour they started and resolutions in the hour they came', async () => {
  const rows = await database.rows(
    `SELECT toString(hour) AS hour, channel, toUInt8(sessions) AS sessions, toUInt8(waiting) AS waiting,
      toUInt8(resolutions) AS resolutions, toUInt8(sessions_resolved) AS resolved, median_seconds_to_resolve AS median
    FROM channel_hourly(tz = 'Asia/Jakarta') ORDER BY hour, channel`,
  );
  expect(rows).toEqual([
    {
      hour: '2026-11-02 09:00:00',
      channel: 'wa',
      sessions: 1,
      waiting: 1,
      resolutions: 1,
      resolved: 1,
      median: 600,
    },
    {
      hour: '2026-11-02 10:00:00',
      channel: 'fb',
      sessions: 1,
      waiting: 0,
      resolutions: 2,
      resolved: 1,
      median: 1800,
    },
    {
      hour: '2026-11-02 17:00:00',
      channel: 'wa',
      sessions: 1,
      waiting: 0,
      resolutions: 1,
      resolved: 1,
      median: 1800,
    },
  ]);
});

test.each([
  [
    'Asia/Kolkata',
    [
      '2026-11-02 07:00:00',
      '2026-11-02 08:00:00',
      '2026-11-02 09:00:00',
      '2026-11-02 15:00:00',
      '2026-11-02 16:00:00',
    ],
  ],
  [
    'Asia/Kathmandu',
    [
      '2026-11-02 07:00:00',
      '2026-11-02 08:00:00',
      '2026-11-02 09:00:00',
      '2026-11-02 15:00:00',
      '2026-11-02 16:00:00',
    ],
  ],
])('hours in %s begin where its own clock shows them', async (tz, hours) => {
  const rows = await database.rows<{ hour: string }>(
    'SELECT DISTINCT toString(hour) AS hour FROM channel_hourly(tz = {tz:String}) ORDER BY hour',
    { tz },
  );
  expect(rows.map(({ hour }) => hour)).toEqual(hours);
});

test('a reopening counts only within 24 hours, of resolutions that are old enough to have had them', async () => {
  const now = Date.now();
  const at = (hoursAgo: number, ms = 0) => utc(now - hoursAgo * HOUR_MS + ms);
  await insert(database, 'resolutions', [
    resolution('just', at(72), { app_id: 'now' }),
    resolution('too late', at(72), { app_id: 'now' }),
    resolution('never', at(25), { app_id: 'now' }),
    resolution('young', at(23), { app_id: 'now' }),
  ]);
  await insert(database, 'sessions', [
    session('just', at(48), { app_id: 'now' }),
    session('too late', at(48, 1), { app_id: 'now' }),
    session('young', at(22), { app_id: 'now' }),
  ]);
  const [row] = await database.rows(
    `SELECT toUInt8(sum(resolutions)) AS resolutions, toUInt8(sum(resolutions_24h_old)) AS old, toUInt8(sum(reopened_within_24h)) AS reopened
    FROM agent_daily(tz = 'Asia/Jakarta') WHERE app_id = 'now'`,
  );
  expect(row).toEqual({ resolutions: 4, old: 3, reopened: 1 });
});

test('agents without an id are told apart by their e-mail addresses', async () => {
  const nobody = { app_id: 'no ids', agent_id: 0 };
  await insert(database, 'resolutions', [
    resolution('x', '2026-11-02 02:00:00', { ...nobody, agent_email: 'x@test' }),
    resolution('y', '2026-11-02 03:00:00', { ...nobody, agent_email: 'y@test' }),
  ]);
  const rows = await database.rows(
    "SELECT agent_email FROM agent_daily(tz = 'Asia/Jakarta') WHERE app_id = 'no ids' ORDER BY agent_email",
  );
  expect(rows).toEqual([{ agent_email: 'x@test' }, { agent_email: 'y@test' }]);
});

test('each column of each view says what it holds', async () => {
  const views = [
    'room_timeline',
    'session_outcomes_between',
    'session_outcomes',
    'resolution_outcomes',
    'agent_daily_between',
    'agent_daily',
    'channel_hourly_between',
    'channel_hourly',
  ];
  const made = await database.rows<{ name: string; sql: string }>(
    'SELECT name, create_table_query AS sql FROM system.tables WHERE database = currentDatabase() AND name IN {views:Array(String)}',
    { views },
  );
  expect(made.map(({ name }) => name).sort()).toEqual(views.sort());
  for (const { name, sql } of made) {
    const declared = sql.slice(0, sql.search(/' AS (SELECT|WITH)/)).split(', `');
    expect(declared.length, name).toBeGreaterThan(10);
    for (const column of declared) expect(column, name).toContain(" COMMENT '");
  }
});

test('a customer that the vendor did not name is not counted as one', async () => {
  const other = await freshDatabase();
  const nobody = { customer_id: '', customer_name: '' };
  await insert(other, 'sessions', [
    session('a', '2026-11-02 02:00:00', nobody),
    session('b', '2026-11-02 02:10:00'),
  ]);
  await insert(other, 'resolutions', [resolution('a', '2026-11-02 02:30:00', nobody)]);
  const customers = async (query: string) =>
    Number((await other.rows<{ customers: string }>(query))[0]?.customers);
  expect(await customers("SELECT customers FROM agent_daily(tz = 'UTC')")).toBe(0);
  expect(await customers("SELECT customers FROM channel_hourly(tz = 'UTC')")).toBe(1);
  const period = { from: new Date('2026-11-02'), to: new Date('2026-11-03'), tz: 'UTC' };
  const ask = async (name: string) => {
    const query = loadQueries().get(name);
    if (query === undefined) throw new Error(`there is no query ${name}`);
    const { columns, rows } = await runQuery(other.client, query, period);
    return rows[0]?.[columns.findIndex((column) => column.name === 'customers')];
  };
  expect(await ask('agents')).toBe(0);
  expect(await ask('overview')).toBe(1);
});
