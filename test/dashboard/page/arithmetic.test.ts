import { describe, expect, test } from 'vitest';
import { columnsOf, shown } from '../../../consumer/analytics/dashboard/page/columns.ts';
import { agentName } from '../../../consumer/analytics/dashboard/page/people.ts';
import { numberOf, numberOrNull, textOf } from '../../../consumer/analytics/dashboard/page/values.ts';
import {
  askedBy,
  boundsOf,
  hrefOf,
  readView,
  rowsHref,
  type View,
} from '../../../consumer/analytics/dashboard/page/view.ts';
import {
  channelName,
  columnName,
  kindName,
  plural,
} from '../../../consumer/analytics/dashboard/page/words.ts';

const WEEK: View = {
  period: '7d',
  from: '',
  through: '',
  app: '',
  channel: '',
  tz: 'Asia/Jakarta',
  rows: '',
  narrowed: {},
};

describe("a view's URL", () => {
  test.each<[string, string, Partial<View>]>([
    ['the last seven days of everything', '/', {}],
    ['another period', '/?period=30d', { period: '30d' }],
    ['an app, a channel and a zone', '/?app=a&channel=wa&tz=UTC', { app: 'a', channel: 'wa', tz: 'UTC' }],
    [
      'days',
      '/?from=2026-11-01&through=2026-11-02',
      { period: 'custom', from: '2026-11-01', through: '2026-11-02' },
    ],
    [
      'the rows behind a number',
      '/?rows=session-list&rows.state=open',
      { rows: 'session-list', narrowed: { state: 'open' } },
    ],
  ])('holds %s, and nothing that goes without saying', (_what, href, change) => {
    const view = { ...WEEK, ...change };
    expect(hrefOf(view)).toBe(href);
    expect(readView(href.slice(1))).toEqual(view);
  });

  test('that does not fit is read as if the part were not there', () => {
    expect(readView('?period=custom')).toEqual(WEEK);
    expect(readView('?period=toString')).toEqual(WEEK);
    expect(readView('?from=2026-11-02&through=2026-11-01').period).toBe('7d');
    expect(readView('?from=2026-11-02&through=2026-11-02').period).toBe('custom');
    expect(readView('?from=2026-11-02').period).toBe('7d');
    expect(readView('?through=2026-11-02').period).toBe('7d');
    expect(readView('?from=x2026-11-02&through=2026-11-02').from).toBe('');
    expect(readView('?from=2026-11-02x&through=2026-11-02').from).toBe('');
    expect(readView('?rows.=x&rowsx=y')).toEqual({ ...WEEK, narrowed: { '': 'x' } });
  });

  test('narrows nothing where no rows are opened', () => {
    expect(hrefOf({ ...WEEK, narrowed: { state: 'open' } })).toBe('/');
    expect(rowsHref({ ...WEEK, app: 'a' }, 'session-list', { state: 'open' })).toBe(
      '/?app=a&rows=session-list&rows.state=open',
    );
    expect(rowsHref(WEEK, 'session-list')).toBe('/?rows=session-list');
  });
});

describe('a view asks', () => {
  test('for days from the first midnight to the one after the last', () => {
    const asked = askedBy({ ...WEEK, period: 'custom', from: '2026-10-30', through: '2026-10-31', app: 'a' });
    const period = { from: '2026-10-30', to: '2026-11-01' };
    expect(asked).toEqual({ app: 'a', channel: '', tz: 'Asia/Jakarta', ...period });
  });

  test('for a period that ends now in words that every page has, and is as long as its name says', () => {
    for (const [period, hours] of [
      ['24h', 24],
      ['7d', 168],
      ['30d', 720],
      ['90d', 2_160],
    ] as const) {
      expect(askedBy({ ...WEEK, period })).toMatchObject({ from: `now-${hours}h`, to: 'now' });
      const { fromMs, toMs } = boundsOf({ ...WEEK, period });
      expect(toMs - fromMs).toBe(hours * 3_600_000);
    }
  });
});

describe('a cell shows', () => {
  test.each([
    ['text', 'String', 'words', 'words'],
    ['text', 'String', '', '–'],
    ['text', 'Nullable(String)', null, '–'],
    ['is_waiting', 'Bool', true, 'yes'],
    ['is_waiting', 'Bool', false, 'no'],
    ['room_id', 'UInt64', 1234567, '1234567'],
    ['id', 'UInt64', 1234567, '1234567'],
    ['paid', 'UInt64', 1234567, '1,234,567'],
    ['sessions', 'UInt64', 1234, '1,234'],
    ['seconds_to_resolve', 'Nullable(Float64)', 3_900, '1 h 05 min'],
    ['reopened_share', 'Float64', 0.125, '12.5%'],
    ['share_text', 'Float64', 0.125, '0.13'],
    ['reopened_share_change_points', 'Nullable(Float64)', -0.66, '−0.7 pt'],
    ['channel', 'String', 'wa', 'WhatsApp'],
    ['kind', 'String', 'resolution', 'Resolved'],
    ['tags', 'Array(String)', ['a', 'b'], 'a, b'],
    ['tags', 'Array(String)', [], '–'],
    ['properties', 'Map(String, String)', { a: 'b' }, '{"a":"b"}'],
    ['occurred_at', "DateTime64(3, 'UTC')", '2026-11-24 14:05:09.000', 'Tue 24 Nov, 14:05'],
    ['occurred_at', "Nullable(DateTime('UTC'))", '2026-11-24 14:05:09', 'Tue 24 Nov, 14:05'],
    ['day', 'Date', '2026-11-24', 'Tue 24 Nov'],
    ['day', 'Nullable(Date32)', '2026-11-24', 'Tue 24 Nov'],
    ['day', 'String', '2026-11-24', '2026-11-24'],
    ['either', 'Variant(String, Date)', 'words', 'words'],
    ['either', 'Variant(String, DateTime)', 'words', 'words'],
    ['identified', 'UInt64', 1234567, '1,234,567'],
  ])('%s (%s) %j as %s', (name, type, value, expected) => {
    expect(shown({ name, type }, value)).toBe(expected);
  });
});

test('numbers stand to the right, but no ids; the first column heads its row', () => {
  const columns = [
    { name: 'room_id', type: 'UInt64' },
    { name: 'sessions', type: 'Nullable(Int32)' },
    { name: 'share', type: 'Decimal(9, 2)' },
    { name: 'median', type: 'Float64' },
    { name: 'name', type: 'String' },
    { name: 'PointInt', type: 'Point' },
    { name: 'either', type: 'Variant(String, UInt8)' },
  ];
  const asked = { asked: {}, ignored: [], from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };
  const answer = { name: '', question: '', notes: '', ...asked, columns, rows: [] };
  expect(columnsOf(answer, WEEK).map(({ isNumber }) => isNumber)).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(columnsOf(answer, WEEK).map(({ isHead }) => isHead)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(columnsOf(answer, WEEK).map(({ label }) => label)[0]).toBe('Room id');
  expect(columnsOf(answer, WEEK)[1]?.cell({ sessions: 5 })).toBe('5');
  expect(columnsOf(answer, WEEK)[1]?.cell({})).toBe('–');
});

test('values are read from a row as what they are, and as nothing else', () => {
  const row = { n: 3, t: 'three', none: null };
  expect([numberOf(row, 'n'), numberOf(row, 't'), numberOf(row, 'none'), numberOf(undefined, 'n')]).toEqual([
    3, 0, 0, 0,
  ]);
  expect([numberOrNull(row, 'n'), numberOrNull(row, 't'), numberOrNull(undefined, 'n')]).toEqual([
    3,
    null,
    null,
  ]);
  expect([
    textOf(row, 't'),
    textOf(row, 'n'),
    textOf(row, 'none'),
    textOf(row, 'x'),
    textOf(undefined, 't'),
  ]).toEqual(['three', '3', '', '', '']);
});

test('names are in words, and new ones as the vendor spells them', () => {
  expect(['wa', 'fb', 'newest', ''].map(channelName)).toEqual([
    'WhatsApp',
    'Facebook',
    'newest',
    'No channel',
  ]);
  expect(['session', 'agent-logout', 'newest'].map(kindName)).toEqual(['New session', 'Logout', 'newest']);
  expect(['is_waiting', 'has_notes', 'room_is_open', 'age_seconds', 'app_id'].map(columnName)).toEqual([
    'Waiting',
    'Notes',
    'Room is open',
    'Age',
    'App',
  ]);
  expect([plural(1, 'session'), plural(0, 'session'), plural(1_000, 'row', '1,000')]).toEqual([
    '1 session',
    '0 sessions',
    '1,000 rows',
  ]);
  expect(agentName({ agent: 'Ani', agent_email: 'a@example.com' })).toBe('Ani');
  expect(agentName({ agent: '', agent_email: 'a@example.com' })).toBe('a@example.com');
  expect(agentName({})).toBe('Nobody named');
});
