import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { ask, askFor } from './ask.ts';
import { event, insert, logout, resolution, session } from './rows.ts';

const WEEK = { from: new Date('2026-11-02'), to: new Date('2026-11-09'), tz: 'UTC' };
const OLD = 'qiscus_1a2b3_ani@test';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  const at = (day: number, clock: string) => `2026-11-0${day} ${clock}:00`;
  await insert(database, 'sessions', [
    session('a', at(2, '01:00')),
    session('b', at(3, '01:00')),
    session('c', at(3, '01:00')),
    session('d', at(3, '01:00')),
    session('a', at(2, '01:00'), { app_id: 'shop', event_id: 'of shop' }),
  ]);
  await insert(database, 'resolutions', [
    // The newest row is not the one that arrived last.
    resolution('b', at(3, '02:00'), { agent_name: 'Ani Baru' }),
    resolution('a', at(2, '02:00'), { agent_email: OLD }),
    // Another id with the same address, and none with it.
    resolution('c', at(3, '02:00'), { agent_id: 7, agent_name: 'Ani too' }),
    resolution('d', at(3, '02:00'), { agent_id: 0, agent_name: 'Ani of no id' }),
    resolution('e', at(3, '02:00'), { agent_id: 0, agent_email: 'bot@test', agent_name: 'Bot' }),
    // The same id and address in another app.
    resolution('a', at(2, '03:00'), { app_id: 'shop', event_id: 'resolved in shop', agent_name: 'Citra' }),
  ]);
  await insert(database, 'agent_logouts', [
    logout(at(2, '05:00'), { user_email: OLD }),
    logout(at(2, '06:00'), { event_id: 'second', user_name: 'Ani Baru' }),
    logout(at(2, '07:00'), { event_id: 'third', user_id: 7, user_name: 'Ani too' }),
    logout(at(2, '08:00'), { event_id: 'fourth', user_id: 0, user_email: 'x@test', user_name: 'X' }),
    logout(at(2, '09:00'), { event_id: 'fifth', user_id: 0, user_email: 'y@test', user_name: 'Y' }),
    logout(at(2, '05:00'), { event_id: 'of shop', app_id: 'shop', user_name: 'Citra' }),
  ]);
  const candidate = (email: string, name: string, more: object = {}) => ({
    room_id: 'a',
    channel: 'wa',
    candidate_agent_id: 1,
    candidate_agent_email: email,
    candidate_agent_name: name,
    ...more,
  });
  await insert(database, 'allocations', [
    { ...event('1', at(2, '01:00')), ...candidate(OLD, 'Ani') },
    { ...event('2', at(3, '01:00')), ...candidate('ani@test', 'Ani Baru') },
    { ...event('3', at(3, '01:00')), ...candidate('ani@test', 'Citra', { app_id: 'shop' }) },
  ]);
  const click = { room_id: 'a', agent_email: 'ani@test', agent_name: 'Ani', channel_name: 'Site' };
  await insert(database, 'button_clicks', [
    { ...event('1', at(2, '01:00')), ...click },
    { ...event('2', at(3, '01:00')), ...click, agent_name: 'Ani Baru' },
    { ...event('3', at(3, '01:00')), ...click, app_id: 'shop', agent_name: 'Citra' },
  ]);
});

const asked = (name: string, columns: string, values = {}) =>
  askFor(database, name, columns, { ...WEEK, ...values });

describe('one id is one agent, by the newest name and address; two ids with one address are two; two apps never mix', () => {
  test('agents', async () => {
    expect(await asked('agents', 'app_id agent_id agent agent_email resolutions sessions_resolved')).toEqual([
      ['demo', 1, 'Ani Baru', 'ani@test', 2, 2],
      ['demo', 0, 'Ani of no id', 'ani@test', 1, 1],
      ['demo', 0, 'Bot', 'bot@test', 1, 0],
      ['shop', 1, 'Citra', 'ani@test', 1, 1],
      ['demo', 7, 'Ani too', 'ani@test', 1, 1],
    ]);
  });

  test('reopen-rate and time-to-resolve', async () => {
    const rows = [
      ['demo', 0, 'Ani of no id', 1],
      ['demo', 1, 'Ani Baru', 2],
      ['demo', 7, 'Ani too', 1],
      ['shop', 1, 'Citra', 1],
    ];
    const told = await asked('time-to-resolve', 'app_id agent_id agent sessions_resolved');
    expect(told.toSorted()).toEqual(rows);
    const reopened = await asked('reopen-rate', 'app_id agent_id agent resolutions');
    expect(reopened.filter(([, , agent]) => agent !== 'Bot').toSorted()).toEqual(rows);
  });

  test('logouts, by the user id', async () => {
    expect(await asked('logouts', 'app_id agent_id agent agent_email logouts')).toEqual([
      ['shop', 1, 'Citra', 'ani@test', 1],
      ['demo', 1, 'Ani Baru', 'ani@test', 2],
      ['demo', 7, 'Ani too', 'ani@test', 1],
      ['demo', 0, 'X', 'x@test', 1],
      ['demo', 0, 'Y', 'y@test', 1],
    ]);
  });

  test('allocation-candidates, and custom-buttons by the address alone', async () => {
    expect(await asked('allocation-candidates', 'app_id agent_id agent agent_email requests')).toEqual([
      ['demo', 1, 'Ani Baru', 'ani@test', 2],
      ['shop', 1, 'Citra', 'ani@test', 1],
    ]);
    expect(await asked('custom-buttons', 'app_id agent agent_email clicks')).toEqual([
      ['demo', 'Ani Baru', 'ani@test', 2],
      ['shop', 'Citra', 'ani@test', 1],
    ]);
    expect(await asked('tags', 'tag clicks agents')).toEqual([['', 3, 2]]);
  });

  test('agent_daily, with the logouts of the same id', async () => {
    const rows = await database.rows(
      `SELECT toString(day) AS day, app_id AS app, toUInt32(agent_id) AS id, agent_email AS email,
        toUInt8(resolutions) AS resolutions, toUInt8(logouts) AS logouts
        FROM agent_daily(tz = 'UTC') WHERE agent_id = 1 ORDER BY day, app`,
    );
    expect(rows).toEqual([
      { day: '2026-11-02', app: 'demo', id: 1, email: 'ani@test', resolutions: 1, logouts: 2 },
      { day: '2026-11-02', app: 'shop', id: 1, email: 'ani@test', resolutions: 1, logouts: 1 },
      { day: '2026-11-03', app: 'demo', id: 1, email: 'ani@test', resolutions: 1, logouts: 0 },
    ]);
  });
});

describe('the agent filter', () => {
  const rooms = async (name: string, agent: string) =>
    (await ask(database, name, { ...WEEK, app: 'demo', agent })).map(({ room_id }) => room_id).toSorted();

  test('digits are an id, whatever its address; an address is that of every id; 0 and an address is that of none', async () => {
    for (const list of ['resolution-list', 'session-list']) {
      expect(await rooms(list, '1'), list).toEqual(['a', 'b']);
      expect(await rooms(list, '7'), list).toEqual(['c']);
      expect(await rooms(list, 'ani@test'), list).toEqual(['b', 'c', 'd']);
      expect(await rooms(list, OLD), list).toEqual(['a']);
      expect(await rooms(list, '0 ani@test'), list).toEqual(['d']);
      expect(await rooms(list, 'nobody@test'), list).toEqual([]);
    }
    const logouts = async (agent: string) =>
      (await ask(database, 'logout-list', { ...WEEK, app: 'demo', agent })).length;
    expect(await Promise.all(['1', '7', 'ani@test', '0 x@test', '0'].map(logouts))).toEqual([2, 1, 2, 1, 2]);
  });

  test('each agent of the report has as many rows behind them as it says', async () => {
    for (const row of await ask(database, 'agents', WEEK)) {
      const agent = row.agent_id === 0 ? `0 ${row.agent_email}` : String(row.agent_id);
      const behind = await ask(database, 'resolution-list', { ...WEEK, app: String(row.app_id), agent });
      expect(behind.length, JSON.stringify(row)).toBe(row.resolutions);
    }
  });
});

test('the vendor’s rewritten address, as captured, is the agent that it was', async () => {
  const agent = { agent_id: 164863, agent_name: 'Agen Satu', app_id: 'captured' };
  await insert(database, 'resolutions', [
    resolution('47012010', '2026-11-02 01:00:00', {
      ...agent,
      agent_email: 'qiscus_1a2b3_agen-satu@example.test',
    }),
    resolution('47012011', '2026-11-02 02:00:00', { ...agent, agent_email: 'agen-satu@example.test' }),
  ]);
  expect(await asked('agents', 'agent_id agent_email resolutions', { app: 'captured' })).toEqual([
    [164863, 'agen-satu@example.test', 2],
  ]);
});
