import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { askFor } from './ask.ts';
import { insert, resolution, session } from './rows.ts';

const BUDI = { agent_id: 2, agent_email: 'budi@test', agent_name: 'Budi' };
const DAY = { from: new Date('2026-11-02'), to: new Date('2026-11-03'), tz: 'UTC' };

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  // Resolved by Ani, a minute later by Budi; the customer comes back eight hours later.
  await insert(database, 'sessions', [
    session('twice', '2026-11-02 01:00:00'),
    session('twice', '2026-11-02 09:31:00'),
  ]);
  await insert(database, 'resolutions', [
    resolution('twice', '2026-11-02 01:30:00'),
    resolution('twice', '2026-11-02 01:31:00', BUDI),
  ]);
  // The first resolution within 24 hours of the new session, the last one not; and the last one alone.
  const late = { app_id: 'late' };
  await insert(database, 'sessions', [
    session('a', '2026-11-02 01:00:00', late),
    session('a', '2026-11-04 02:00:01', late),
    session('b', '2026-11-02 01:00:00', late),
    session('b', '2026-11-04 02:00:00', late),
  ]);
  await insert(database, 'resolutions', [
    resolution('a', '2026-11-03 01:00:00', late),
    resolution('a', '2026-11-03 02:00:00', { ...late, ...BUDI }),
    resolution('b', '2026-11-02 02:00:00', late),
    resolution('b', '2026-11-03 02:00:00', { ...late, ...BUDI }),
  ]);
});

const asked = (name: string, columns: string, values = {}) =>
  askFor(database, name, columns, { ...DAY, app: 'demo', ...values });

test('a conversation resolved twice and reopened once counts as reopened once, and for who resolved last', async () => {
  expect(await asked('overview', 'resolutions_24h_old reopened_within_24h reopened_share')).toEqual([
    [2, 1, 0.5],
    [0, 0, null],
  ]);
  expect(await asked('agents', 'agent reopened_within_24h')).toEqual([
    ['Ani', 0],
    ['Budi', 1],
  ]);
  expect(await asked('reopen-rate', 'agent reopened_within_24h')).toEqual([
    ['Budi', 1],
    ['Ani', 0],
  ]);
  expect(await asked('weeks-compared', 'reopened_share')).toEqual([[0.5]]);
  expect(await asked('resolution-list', 'agent reopened', { state: 'reopened' })).toEqual([
    ['Budi', '2026-11-02 09:31:00.000'],
  ]);
  const daily =
    "SELECT agent_name AS agent FROM agent_daily(tz = 'UTC') WHERE app_id = 'demo' AND reopened_within_24h = 1";
  expect(await database.rows(daily)).toEqual([{ agent: 'Budi' }]);
  const hourly =
    "SELECT toUInt8(sum(reopened_within_24h)) AS n FROM channel_hourly(tz = 'UTC') WHERE app_id = 'demo'";
  expect(await database.rows(hourly)).toEqual([{ n: 1 }]);
});

test('the outcome views agree on it: one session, and one resolution, the last', async () => {
  const rows = (view: string, columns: string, order: string) =>
    database.rows(`SELECT ${columns} FROM ${view} WHERE app_id = 'demo' ORDER BY ${order}`);
  const reopened = '2026-11-02 09:31:00.000';
  expect(
    await rows(
      'session_outcomes',
      'agent_name AS agent, toInt32(seconds_to_resolve) AS seconds, reopened_at',
      'occurred_at',
    ),
  ).toEqual([
    { agent: 'Ani', seconds: 1800, reopened_at: reopened },
    { agent: '', seconds: null, reopened_at: null },
  ]);
  const columns =
    "agent_name AS agent, session_id != '' AS resolved, reopened_at, is_reopened_within_24h AS counts";
  expect(await rows('resolution_outcomes', columns, 'resolved_at')).toEqual([
    { agent: 'Ani', resolved: 1, reopened_at: null, counts: false },
    { agent: 'Budi', resolved: 0, reopened_at: reopened, counts: true },
  ]);
});

test('whether it came within 24 hours is counted from the last resolution', async () => {
  const rows = await database.rows(
    `SELECT room_id AS room, agent_name AS agent FROM resolution_outcomes
      WHERE app_id = 'late' AND is_reopened_within_24h`,
  );
  expect(rows).toEqual([{ room: 'b', agent: 'Budi' }]);
});

test('the rule stands where users read it', async () => {
  const notes = await database.rows<{ name: string; comment: string }>(
    `SELECT name, comment FROM system.columns
      WHERE database = currentDatabase() AND table = 'resolution_outcomes' AND name = 'reopened_at'`,
  );
  expect(notes[0]?.comment).toContain('A new session reopens the last resolution before it');
});
