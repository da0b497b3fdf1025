import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { insert, type Row, resolution, session } from './rows.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

const COLUMNS = 'app_id, resolution_id, agent_id, seconds_to_resolve, seconds_to_reopen, is_open';
const outcomes = (room: string) =>
  database.rows(
    `SELECT toString(occurred_at) AS at, ${COLUMNS} FROM session_outcomes WHERE room_id = {room:String} ORDER BY occurred_at, app_id`,
    { room },
  );
const outcome = (at: string, more: object = {}) => ({
  at: `${at}.000`,
  app_id: 'demo',
  resolution_id: '',
  agent_id: 0,
  seconds_to_resolve: null,
  seconds_to_reopen: null,
  is_open: false,
  ...more,
});
const resolved = (room: string, at: string, seconds: number, more: object = {}) => ({
  resolution_id: `resolution ${room} ${at}`,
  agent_id: 1,
  seconds_to_resolve: seconds,
  ...more,
});

async function given(sessions: readonly Row[], resolutions: readonly Row[] = []): Promise<void> {
  await insert(database, 'sessions', sessions);
  await insert(database, 'resolutions', resolutions);
}

test('a session without a resolution is open', async () => {
  await given([session('open', '2026-11-02 09:00:00')]);
  expect(await outcomes('open')).toEqual([outcome('2026-11-02 09:00:00', { is_open: true })]);
});

test('a session is resolved by the first resolution of its room after it', async () => {
  await given(
    [session('first', '2026-11-02 09:00:00')],
    [
      resolution('first', '2026-11-02 08:00:00'),
      resolution('first', '2026-11-02 09:10:00'),
      resolution('first', '2026-11-02 09:20:00', { agent_id: 2 }),
    ],
  );
  expect(await outcomes('first')).toEqual([
    outcome('2026-11-02 09:00:00', resolved('first', '2026-11-02 09:10:00', 600)),
  ]);
});

test('a reopened session keeps its resolution and tells when the customer came back', async () => {
  await given(
    [session('back', '2026-11-02 09:00:00'), session('back', '2026-11-02 11:10:00')],
    [resolution('back', '2026-11-02 09:10:00')],
  );
  expect(await outcomes('back')).toEqual([
    outcome('2026-11-02 09:00:00', resolved('back', '2026-11-02 09:10:00', 600, { seconds_to_reopen: 7200 })),
    outcome('2026-11-02 11:10:00', { is_open: true }),
  ]);
});

test('a session that another one followed before any resolution is neither resolved nor open', async () => {
  await given(
    [session('followed', '2026-11-02 09:00:00'), session('followed', '2026-11-02 10:00:00')],
    [resolution('followed', '2026-11-02 10:05:00')],
  );
  expect(await outcomes('followed')).toEqual([
    outcome('2026-11-02 09:00:00'),
    outcome('2026-11-02 10:00:00', resolved('followed', '2026-11-02 10:05:00', 300)),
  ]);
});

test('a session and a resolution of the same instant belong together', async () => {
  await given([session('instant', '2026-11-02 09:00:00')], [resolution('instant', '2026-11-02 09:00:00')]);
  expect(await outcomes('instant')).toEqual([
    outcome('2026-11-02 09:00:00', resolved('instant', '2026-11-02 09:00:00', 0)),
  ]);
});

test('rooms of two apps with the same id are two rooms', async () => {
  await given(
    [
      session('shared', '2026-11-02 09:00:00'),
      session('shared', '2026-11-02 09:00:00', { event_id: 'of shop', app_id: 'shop' }),
    ],
    [resolution('shared', '2026-11-02 09:10:00')],
  );
  expect(await outcomes('shared')).toEqual([
    outcome('2026-11-02 09:00:00', resolved('shared', '2026-11-02 09:10:00', 600)),
    outcome('2026-11-02 09:00:00', { app_id: 'shop', is_open: true }),
  ]);
});

test('the order of arrival changes nothing, across months too', async () => {
  await insert(database, 'resolutions', [resolution('late', '2026-11-01 00:10:00')]);
  await insert(database, 'sessions', [session('late', '2026-11-01 08:00:00')]);
  await insert(database, 'sessions', [session('late', '2026-10-31 23:50:00')]);
  expect(await outcomes('late')).toEqual([
    outcome(
      '2026-10-31 23:50:00',
      resolved('late', '2026-11-01 00:10:00', 1200, { seconds_to_reopen: 28200 }),
    ),
    outcome('2026-11-01 08:00:00', { is_open: true }),
  ]);
});

test('rows inserted again change nothing', async () => {
  const sessions = [session('again', '2026-11-02 09:00:00'), session('again', '2026-11-02 12:00:00')];
  const resolutions = [
    resolution('again', '2026-11-02 10:00:00'),
    resolution('again', '2026-11-02 13:00:00'),
  ];
  for (let copy = 0; copy < 3; copy++) await given(sessions, resolutions);
  expect(await outcomes('again')).toEqual([
    outcome(
      '2026-11-02 09:00:00',
      resolved('again', '2026-11-02 10:00:00', 3600, { seconds_to_reopen: 7200 }),
    ),
    outcome('2026-11-02 12:00:00', resolved('again', '2026-11-02 13:00:00', 3600)),
  ]);
  expect(await database.rows("SELECT count() AS n FROM resolution_outcomes WHERE room_id = 'again'")).toEqual(
    [{ n: 2 }],
  );
});

test('a resolution without a session counts and resolves none, nor does the second one after a session', async () => {
  await given(
    [session('none', '2026-11-02 09:00:00')],
    [
      resolution('none', '2026-11-02 08:00:00'),
      resolution('none', '2026-11-02 09:30:00'),
      resolution('none', '2026-11-02 09:40:00'),
    ],
  );
  const rows = await database.rows(
    "SELECT toString(resolved_at) AS at, session_id, seconds_to_resolve FROM resolution_outcomes WHERE room_id = 'none' ORDER BY resolved_at",
  );
  expect(rows).toEqual([
    { at: '2026-11-02 08:00:00.000', session_id: '', seconds_to_resolve: null },
    {
      at: '2026-11-02 09:30:00.000',
      session_id: 'session none 2026-11-02 09:00:00',
      seconds_to_resolve: 1800,
    },
    { at: '2026-11-02 09:40:00.000', session_id: '', seconds_to_resolve: null },
  ]);
});

test('a period has the sessions that started in it, from its first instant up to its last, with what came later', async () => {
  await given(
    [
      session('period', '2026-09-30 23:59:59.999'),
      session('period', '2026-10-01 00:00:00'),
      session('period', '2026-10-01 23:59:59.999'),
      session('period', '2026-10-02 00:00:00'),
    ],
    [resolution('period', '2026-10-05 00:00:00')],
  );
  const rows = await database.rows(
    "SELECT toString(occurred_at) AS at, is_open FROM session_outcomes_between(from = '2026-10-01 00:00:00', to = '2026-10-02 00:00:00') WHERE room_id = 'period' ORDER BY at",
  );
  expect(rows).toEqual([
    { at: '2026-10-01 00:00:00.000', is_open: false },
    { at: '2026-10-01 23:59:59.999', is_open: false },
  ]);
});
