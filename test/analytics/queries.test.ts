import { beforeAll, describe, expect, test } from 'vitest';
import { loadQueries, type Query } from '../../consumer/analytics/report/library.ts';
import type { QueryValues } from '../../consumer/analytics/report/parameters.ts';
import { runQuery, type Value } from '../../consumer/analytics/report/run.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { event, insert, logout, resolution, session } from './rows.ts';

const library = loadQueries();
const names = [...library.keys()];

/** Monday to Monday in Jakarta. */
const WEEK: QueryValues = {
  from: new Date('2026-11-01T17:00:00Z'),
  to: new Date('2026-11-08T17:00:00Z'),
  tz: 'Asia/Jakarta',
  app: 'demo',
};

let database: Database;
let empty: Database;
beforeAll(async () => {
  [database, empty] = await Promise.all([freshDatabase(), freshDatabase()]);
  await fill();
  // As after a replay.
  await fill();
});

const BUDI = { agent_id: 2, agent_email: 'budi@test', agent_name: 'Budi', agent_role: 'supervisor' };
const at = (time: string, more: object) => ({ ...event(`${time} ${JSON.stringify(more)}`, time), ...more });

const PAYLOAD = '{"customer":{"name":"Citra"},"resolved_by":{"name":"Budi"}}';
const RESOLVED = at('2026-11-03 02:20:00', {
  event_id: 'resolved',
  kind: 'resolution',
  sequence: 2,
  payload: PAYLOAD,
});

/** A week of two agents in three rooms, one session before it and one after, and another app. Times UTC. */
async function fill(): Promise<void> {
  await insert(database, 'sessions', [
    session('old', '2026-11-01 16:59:59', { channel: 'fb' }),
    session('a', '2026-11-01 17:00:00', { is_waiting: true, first_message_type: 'text' }),
    session('a', '2026-11-03 02:00:00', { first_message_type: 'file_attachment' }),
    session('b', '2026-11-03 02:30:00', { channel: 'fb', first_message_type: 'text' }),
    session('c', '2026-11-05 03:00:00', { is_waiting: true, first_message_type: 'text' }),
    session('a', '2026-11-08 17:00:00', { first_message_type: 'text' }),
    session('a', '2026-11-03 02:00:00', { event_id: 'of shop', app_id: 'shop' }),
  ]);
  await insert(database, 'resolutions', [
    resolution('a', '2026-11-01 17:10:00', { notes: 'sent again' }),
    resolution('a', '2026-11-03 02:20:00', BUDI),
    resolution('b', '2026-11-03 03:30:00', { channel: 'fb' }),
    resolution('b', '2026-11-03 04:00:00', { channel: 'fb' }),
  ]);
  await insert(database, 'agent_logouts', [
    logout('2026-11-03 10:00:00'),
    logout('2026-11-03 11:00:00', { force_offline: true }),
    logout('2026-11-08 17:00:00'),
  ]);
  await insert(database, 'messages', [
    at('2026-11-03 02:00:00', { room_id: 'a', channel: 'wa', via: 'mobile' }),
    at('2026-11-03 02:01:00', { room_id: 'a', channel: 'wa', via: 'rest' }),
    at('2026-11-03 02:02:00', { room_id: 'c', channel: 'wa', via: 'mobile' }),
  ]);
  await insert(database, 'allocations', [
    at('2026-11-03 02:00:00', {
      room_id: 'a',
      channel: 'wa',
      candidate_agent_id: 2,
      candidate_agent_email: 'budi@test',
      candidate_agent_name: 'Budi',
    }),
    at('2026-11-03 02:01:00', {
      room_id: 'a',
      channel: 'wa',
      candidate_agent_id: 2,
      candidate_agent_email: 'budi@test',
      candidate_agent_name: 'Budi',
    }),
    at('2026-11-05 03:00:00', { room_id: 'c', channel: 'wa' }),
  ]);
  const click = {
    agent_email: 'ani@test',
    agent_name: 'Ani',
    channel_type: 'Qiscus Widget',
    channel_name: 'Site',
  };
  await insert(database, 'button_clicks', [
    at('2026-11-03 02:00:00', { ...click, room_id: 'a', tags: ['vip', 'refund', 'vip'], notes: 'look' }),
    at('2026-11-03 02:10:00', { ...click, room_id: 'b', tags: ['vip'] }),
    at('2026-11-03 02:20:00', { ...click, room_id: 'b' }),
  ]);
  await insert(database, 'events', [
    at('2026-11-03 02:00:00', {
      kind: 'session',
      payload: '{"source":"wa","payload":{"room":{"name":"Room a"},"message":{"text":"Hello"}}}',
    }),
    RESOLVED,
  ]);
}

function queryOf(name: string): Query {
  const query = library.get(name);
  if (query === undefined) throw new Error(`there is no query ${name}`);
  return query;
}

/** The wanted columns of a query's answer, as objects. */
async function ask(name: string, columns: string, values: Partial<QueryValues> = {}) {
  const answer = await runQuery(database.client, queryOf(name), { ...WEEK, ...values });
  const wanted = columns.split(' ');
  const indexes = wanted.map((column) => answer.columns.findIndex((one) => one.name === column));
  expect(indexes, `${name} has ${columns}`).not.toContain(-1);
  return answer.rows.map((row) => indexes.map((i) => row[i]));
}

/** What each query must say of the week, worked out by hand. */
const ANSWERS: Record<string, { columns: string; rows: Value[][]; values?: Partial<QueryValues> }> = {
  'volume-by-channel-and-hour': {
    columns: 'hour channel sessions waiting rooms',
    rows: [
      ['2026-11-02T00:00:00+07:00', 'wa', 1, 1, 1],
      ['2026-11-03T09:00:00+07:00', 'fb', 1, 0, 1],
      ['2026-11-03T09:00:00+07:00', 'wa', 1, 0, 1],
      ['2026-11-05T10:00:00+07:00', 'wa', 1, 1, 1],
    ],
  },
  'time-to-resolve': {
    columns:
      'agent channel sessions_resolved median_seconds_to_resolve p90_seconds_to_resolve median_business_seconds_to_resolve',
    rows: [
      ['Ani', 'fb', 1, 3600, 3600, 3600],
      ['Budi', 'wa', 1, 1200, 1200, 1200],
      ['Ani', 'wa', 1, 600, 600, 0],
    ],
  },
  'time-to-resolve-histogram': {
    columns: 'bucket sessions',
    rows: [
      ['under 5 min', 0],
      ['5 to 15 min', 1],
      ['15 to 30 min', 1],
      ['30 to 60 min', 0],
      ['1 to 2 h', 1],
      ['2 to 4 h', 0],
      ['4 to 8 h', 0],
      ['8 to 24 h', 0],
      ['1 to 3 days', 0],
      ['over 3 days', 0],
      ['not resolved', 1],
    ],
  },
  'reopen-rate': {
    // Room a came back after 33 hours, and again after five days.
    columns: 'agent channel resolutions resolutions_24h_old reopened_within_24h reopened_share',
    rows: [
      ['Ani', 'fb', 2, 2, 0, 0],
      ['Ani', 'wa', 1, 1, 0, 0],
      ['Budi', 'wa', 1, 1, 0, 0],
    ],
  },
  agents: {
    columns:
      'agent agent_role resolutions resolutions_with_notes rooms customers sessions_resolved median_seconds_to_resolve reopened_share',
    rows: [
      ['Ani', 'agent', 3, 1, 2, 2, 2, 2100, 0],
      ['Budi', 'supervisor', 1, 0, 1, 1, 1, 1200, 0],
    ],
  },
  channels: {
    columns:
      'channel sessions sessions_share waiting sessions_resolved sessions_open median_seconds_to_resolve',
    rows: [
      ['fb', 1, 0.25, 0, 1, 0, 3600],
      ['wa', 3, 0.75, 2, 2, 1, 900],
    ],
  },
  'open-backlog': {
    columns: 'sessions_open rooms waiting oldest',
    // Room c, and the one from before the week.
    rows: [[2, 2, 1, '2026-11-01 23:59:59.000']],
  },
  'backlog-list': {
    columns: 'started room_id channel',
    rows: [
      ['2026-11-01 23:59:59.000', 'old', 'fb'],
      ['2026-11-05 10:00:00.000', 'c', 'wa'],
    ],
  },
  'busiest-hours': {
    columns: 'weekday weekday_name hour sessions waiting',
    rows: [
      [1, 'Mon', 0, 1, 1],
      [2, 'Tue', 9, 2, 0],
      [4, 'Thu', 10, 1, 1],
    ],
  },
  logouts: {
    columns: 'day agent logouts forced_logouts last_logout',
    rows: [['2026-11-03', 'Ani', 2, 1, '2026-11-03 18:00:00.000']],
  },
  'logout-list': {
    columns: 'logged_out agent force_offline',
    rows: [
      ['2026-11-03 18:00:00.000', 'Ani', true],
      ['2026-11-03 17:00:00.000', 'Ani', false],
    ],
  },
  'first-message-types': {
    columns: 'type channel sessions channel_share',
    rows: [
      ['text', 'wa', 2, 0.6667],
      ['file_attachment', 'wa', 1, 0.3333],
      ['text', 'fb', 1, 1],
    ],
  },
  tags: {
    columns: 'tag clicks rooms agents',
    rows: [
      ['vip', 2, 2, 1],
      ['', 1, 1, 1],
      ['refund', 1, 1, 1],
    ],
  },
  'custom-buttons': {
    columns: 'agent channel_type clicks with_notes with_tags rooms',
    rows: [['Ani', 'Qiscus Widget', 3, 1, 2, 2]],
  },
  'allocation-candidates': {
    columns: 'agent agent_id requests rooms requests_per_room',
    rows: [
      ['Budi', 2, 2, 1, 2],
      ['', 0, 1, 1, 1],
    ],
  },
  'returning-customers': {
    columns: 'customer_id sessions rooms channels last_session',
    rows: [['customer of a', 2, 1, ['wa'], '2026-11-03 09:00:00.000']],
  },
  'weeks-compared': {
    columns: 'week sessions sessions_change waiting resolutions sessions_resolved median_seconds_to_resolve',
    values: { from: new Date('2026-10-25T17:00:00Z'), to: new Date('2026-11-15T17:00:00Z') },
    rows: [
      ['2026-10-26', 1, null, 0, 0, 0, null],
      ['2026-11-02', 4, 3, 2, 4, 3, 1200],
      ['2026-11-09', 1, -3, 0, 0, 0, null],
    ],
  },
  overview: {
    columns:
      'period from_at sessions waiting rooms customers sessions_resolved sessions_open resolutions median_seconds_to_resolve logouts forced_logouts',
    rows: [
      ['current', '2026-11-02 00:00:00', 4, 2, 3, 3, 3, 1, 4, 1200, 2, 1],
      ['previous', '2026-10-26 00:00:00', 1, 0, 1, 1, 0, 1, 0, null, 0, 0],
    ],
  },
  'activity-over-time': {
    columns: 'bucket unit sessions waiting resolutions is_whole',
    rows: [
      ['2026-11-02T00:00:00+07:00', 'day', 1, 1, 1, 1],
      ['2026-11-03T00:00:00+07:00', 'day', 2, 0, 3, 1],
      ['2026-11-04T00:00:00+07:00', 'day', 0, 0, 0, 1],
      ['2026-11-05T00:00:00+07:00', 'day', 1, 1, 0, 1],
      ['2026-11-06T00:00:00+07:00', 'day', 0, 0, 0, 1],
      ['2026-11-07T00:00:00+07:00', 'day', 0, 0, 0, 1],
      ['2026-11-08T00:00:00+07:00', 'day', 0, 0, 0, 1],
    ],
  },
  messages: {
    columns: 'channel messages via_mobile via_rest rooms messages_per_room',
    rows: [['wa', 3, 2, 1, 2, 1.5]],
  },
  'latest-events': {
    columns: 'received kind source who what',
    rows: [
      ['2026-11-03 09:20:00.000', 'resolution', '', 'Citra', 'Budi'],
      ['2026-11-03 09:00:00.000', 'session', 'wa', 'Room a', 'Hello'],
    ],
  },
  'room-story': {
    columns:
      'happened kind side gap_seconds business_gap_seconds waited waited_seconds outcome resolved_by seconds_to_resolve business_seconds_to_resolve reopened',
    values: { room: 'a', from: new Date('2026-11-03T02:00:00Z'), to: new Date('2026-11-04T00:00:00Z') },
    rows: [
      // 31.8 hours after it was resolved, of which Monday's eight and nothing of Tuesday's are working hours.
      [
        '2026-11-03 09:00:00.000',
        'session',
        'customer',
        118_200,
        28_800,
        '',
        null,
        'resolved',
        'Budi',
        1200,
        1200,
        '2026-11-09 00:00:00.000',
      ],
      ['2026-11-03 09:00:00.000', 'message', 'customer', 0, 0, '', null, '', '', null, null, null],
      ['2026-11-03 09:00:00.000', 'allocation', '', 0, 0, '', null, '', '', null, null, null],
      ['2026-11-03 09:00:00.000', 'custom-button', '', 0, 0, '', null, '', '', null, null, null],
      ['2026-11-03 09:01:00.000', 'message', 'team', 60, 60, 'customer', 60, '', '', null, null, null],
      ['2026-11-03 09:01:00.000', 'allocation', '', 0, 0, '', null, '', '', null, null, null],
      [
        '2026-11-03 09:20:00.000',
        'resolution',
        'team',
        1140,
        1140,
        '',
        null,
        'reopened',
        '',
        1200,
        1200,
        '2026-11-09 00:00:00.000',
      ],
    ],
  },
  'customer-day': {
    columns: 'happened kind room_id outcome',
    values: { customer: 'customer of b' },
    rows: [
      ['2026-11-03 09:10:00.000', 'custom-button', 'b', ''],
      ['2026-11-03 09:20:00.000', 'custom-button', 'b', ''],
      ['2026-11-03 09:30:00.000', 'session', 'b', 'resolved'],
      ['2026-11-03 10:30:00.000', 'resolution', 'b', 'closed'],
      ['2026-11-03 11:00:00.000', 'resolution', 'b', 'repeated'],
    ],
  },
  'agent-day': {
    columns: 'happened kind room_id outcome seconds_to_resolve gap_seconds',
    values: { agent: '1', from: new Date('2026-11-02T17:00:00Z'), to: new Date('2026-11-03T17:00:00Z') },
    rows: [
      ['2026-11-03 09:00:00.000', 'custom-button', 'a', '', null, null],
      ['2026-11-03 09:10:00.000', 'custom-button', 'b', '', null, 600],
      ['2026-11-03 09:20:00.000', 'custom-button', 'b', '', null, 600],
      ['2026-11-03 10:30:00.000', 'resolution', 'b', 'closed', 3600, 4200],
      ['2026-11-03 11:00:00.000', 'resolution', 'b', 'repeated', null, 1800],
      ['2026-11-03 17:00:00.000', 'agent-logout', '', '', null, 21_600],
      ['2026-11-03 18:00:00.000', 'agent-logout', '', '', null, 3600],
    ],
  },
  'event-payload': {
    columns: 'received kind payload',
    values: { event: RESOLVED.event_id },
    rows: [['2026-11-03 09:20:00.000', 'resolution', PAYLOAD]],
  },
  filters: {
    columns: 'app_id channel sessions',
    rows: [
      ['demo', 'wa', 3],
      ['demo', 'fb', 1],
    ],
  },
  completeness: {
    columns: 'app_id complete_until events missing dead_letters',
    rows: [['demo', '2026-11-03 09:20:00.000', 2, 0, 0]],
  },
  freshness: { columns: 'app_id last_received', rows: [['demo', '2026-11-03 09:20:00.000']] },
  'session-list': {
    columns: 'started room_id channel agent seconds_to_resolve reopened is_open',
    rows: [
      ['2026-11-05 10:00:00.000', 'c', 'wa', '', null, null, true],
      ['2026-11-03 09:30:00.000', 'b', 'fb', 'Ani', 3600, null, false],
      ['2026-11-03 09:00:00.000', 'a', 'wa', 'Budi', 1200, '2026-11-09 00:00:00.000', false],
      ['2026-11-02 00:00:00.000', 'a', 'wa', 'Ani', 600, '2026-11-03 09:00:00.000', false],
    ],
  },
  'resolution-list': {
    columns: 'resolved room_id agent has_notes is_reopened_within_24h',
    rows: [
      ['2026-11-03 11:00:00.000', 'b', 'Ani', false, false],
      ['2026-11-03 10:30:00.000', 'b', 'Ani', false, false],
      ['2026-11-03 09:20:00.000', 'a', 'Budi', false, false],
      ['2026-11-02 00:10:00.000', 'a', 'Ani', true, false],
    ],
  },
};

test('each query of the library has an answer worked out by hand', () => {
  expect(Object.keys(ANSWERS).sort()).toEqual(names);
});

test.each(Object.entries(ANSWERS))(
  '%s says of the week what a look at it says',
  async (name, { columns, rows, values }) => {
    expect(await ask(name, columns, values)).toEqual(rows);
  },
);

test.each(names)('%s begins with its question, and runs where nothing has come in yet', async (name) => {
  const query = queryOf(name);
  expect(query.question).toMatch(/^[A-Z].*\?$/);
  const needs = Object.fromEntries(query.needs.map((need) => [need, WEEK.app]));
  const { rows } = await runQuery(empty.client, query, { ...WEEK, ...needs });
  const always = { overview: 2, 'time-to-resolve-histogram': 11, 'activity-over-time': 7 };
  expect(rows.length).toBe(new Map(Object.entries(always)).get(name) ?? 0);
});

describe('what a query is asked with', () => {
  test('all apps count together where none is named, one by one where one is', async () => {
    const sessions = async (app?: string) => (await ask('channels', 'sessions', { app })).flat();
    expect(await sessions()).toEqual([1, 4]);
    expect(await sessions('shop')).toEqual([1]);
    expect(await sessions('nobody')).toEqual([]);
  });

  test('a channel leaves the others out', async () => {
    expect(await ask('overview', 'period sessions resolutions', { channel: 'fb' })).toEqual([
      ['current', 1, 2],
      ['previous', 1, 0],
    ]);
    expect(await ask('agents', 'agent resolutions', { channel: 'wa' })).toEqual([
      ['Ani', 1],
      ['Budi', 1],
    ]);
  });

  test('days, hours and weekdays are those of the time zone', async () => {
    expect(await ask('busiest-hours', 'weekday hour sessions', { tz: 'Asia/Kathmandu' })).toEqual(
      [
        [7, 22, 1],
        [2, 7, 1],
        [2, 8, 1],
        [4, 8, 1],
      ].sort(([a = 0], [b = 0]) => a - b),
    );
  });

  test('the period has its first instant and not its last', async () => {
    const instant = { from: new Date('2026-11-05T03:00:00Z'), to: new Date('2026-11-05T03:00:01Z') };
    expect(await ask('session-list', 'room_id', instant)).toEqual([['c']]);
    expect(
      await ask('session-list', 'room_id', { ...instant, from: WEEK.from, to: instant.from }),
    ).toHaveLength(3);
  });

  test('a session of the period that was resolved after it counts as resolved', async () => {
    const to = new Date('2026-11-03T02:15:00Z');
    expect(await ask('agents', 'agent resolutions sessions_resolved', { to })).toEqual([
      ['Ani', 1, 1],
      ['Budi', 0, 1],
    ]);
    expect(await ask('time-to-resolve', 'agent sessions_resolved', { to })).toEqual([
      ['Budi', 1],
      ['Ani', 1],
    ]);
  });

  test('the lists behind a number hold its rows and no others', async () => {
    const rooms = async (values: Partial<QueryValues>) =>
      (await ask('session-list', 'room_id', values)).flat();
    expect(await rooms({ agent: '2' })).toEqual(['a']);
    expect(await rooms({ agent: 'ani@test' })).toEqual(['b', 'a']);
    expect(await rooms({ weekday: 2 })).toEqual(['b', 'a']);
    expect(await rooms({ weekday: 1, hour: 0 })).toEqual(['a']);
    expect(await rooms({ state: 'open' })).toEqual(['c']);
    expect(await rooms({ state: 'waiting' })).toEqual(['c', 'a']);
    expect(await rooms({ state: 'resolved' })).toEqual(['b', 'a', 'a']);
    expect(await rooms({ min_seconds: 600, max_seconds: 3600 })).toEqual(['a', 'a']);
    expect((await ask('resolution-list', 'room_id', { agent: 'budi@test' })).flat()).toEqual(['a']);
    expect(await ask('logout-list', 'agent', { agent: '2' })).toEqual([]);
  });
});
