import { beforeAll, describe, expect, test } from 'vitest';
import { formatTable } from '../../consumer/analytics/report/table.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { type Answered, ask, askFor, library, neededBy, queryNamed } from './ask.ts';
import { event, insert, logout, resolution, session, utc } from './rows.ts';

const ZONES = ['UTC', 'Asia/Jakarta', 'America/New_York', 'Pacific/Kiritimati'];
const START = new Date(0);

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  await insert(database, 'sessions', [
    session('a', '2026-11-02 01:00:00'),
    session('a', '2026-11-03 01:00:00'),
    session('a', '2026-11-17 01:00:00'),
  ]);
  await insert(database, 'resolutions', [
    resolution('a', '2026-11-02 02:00:00'),
    resolution('a', '2026-11-03 02:00:00'),
    resolution('a', '2026-11-17 02:00:00'),
  ]);
  await insert(database, 'agent_logouts', [logout('2026-11-02 02:00:00')]);
});

/** What the stories are of. */
const NEEDED = { app: 'demo', room: 'last', customer: 'customer of last', agent: '1', event: 'last' };

const sum = (rows: readonly Answered[], column: string) =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

describe('a period of any length', () => {
  test.each(['UTC', 'Pacific/Kiritimati'])(
    'from 1970 on, every query answers, in %s',
    { tags: 'long' },
    async (tz) => {
      // The local first of January, which begins in 1969 to the east of Greenwich.
      for (const from of [START, new Date(-14 * 3_600_000)]) {
        for (const name of library.keys()) {
          await ask(database, name, { ...neededBy(name, NEEDED), from, to: new Date('2026-12-01'), tz });
        }
      }
    },
  );

  test.each(ZONES)('of all there is counts all there is, before and in it, in %s', async (tz) => {
    for (const to of [new Date('2026-12-01'), new Date('2106-02-07')]) {
      const asked = { from: START, to, tz };
      expect(await askFor(database, 'overview', 'sessions resolutions logouts', asked)).toEqual([
        [3, 3, 1],
        [0, 0, 0],
      ]);
      expect(sum(await ask(database, 'activity-over-time', asked), 'sessions')).toBe(3);
      expect(sum(await ask(database, 'weeks-compared', asked), 'sessions')).toBe(3);
    }
  });

  test('the period before one that is longer than the time since 1970 begins there, and counts what is in it', async () => {
    const asked = { from: new Date('2026-11-03'), to: new Date('2100-01-01'), tz: 'UTC' };
    expect(
      await askFor(database, 'overview', 'period from_at to_at sessions resolutions logouts', asked),
    ).toEqual([
      ['current', '2026-11-03 00:00:00', '2100-01-01 00:00:00', 2, 2, 0],
      ['previous', '1970-01-01 00:00:00', '2026-11-03 00:00:00', 1, 1, 1],
    ]);
  });

  test.each([
    ['2026-11-02', '2300-01-01', 'from and to must be times between 1970 and 2106'],
    ['1960-01-01', '2026-11-02', 'from and to must be times between 1970 and 2106'],
    ['2026-11-02', '2026-11-02', 'from must be before to'],
    ['2026-11-03', '2026-11-02', 'from must be before to'],
    ['2026-11-02T00:00:00.100Z', '2026-11-02T00:00:00.900Z', 'from must be before to'],
    ['never', '2026-11-02', 'from and to must be times between 1970 and 2106'],
  ])('from %s to %s is refused: %s', async (from, to, message) => {
    const asked = ask(database, 'overview', { from: new Date(from), to: new Date(to), tz: 'UTC' });
    await expect(asked).rejects.toMatchObject({ name: 'QueryInputError', message });
  });
});

test('a week in which nothing came is a week, and the next one is compared with it', async () => {
  const asked = { from: new Date('2026-11-01'), to: new Date('2026-11-23'), tz: 'UTC' };
  expect(await askFor(database, 'weeks-compared', 'week sessions sessions_change', asked)).toEqual([
    ['2026-11-02', 2, null],
    ['2026-11-09', 0, -2],
    ['2026-11-16', 1, 1],
  ]);
});

test('a share changes by percentage points', async () => {
  const asked = { from: new Date('2026-11-02'), to: new Date('2026-11-23'), tz: 'UTC', app: 'shares' };
  const of = (day: number, reopened: number) =>
    Array.from({ length: 8 }, (_, i) => {
      const room = `${day} ${i}`;
      const at = (hours: number) => utc(Date.UTC(2026, 10, day, hours, i));
      const back = i < reopened ? [session(room, at(10), { app_id: 'shares' })] : [];
      return { sessions: back, resolutions: [resolution(room, at(9), { app_id: 'shares' })] };
    });
  const all = [...of(2, 2), ...of(9, 3)];
  await insert(
    database,
    'sessions',
    all.flatMap(({ sessions }) => sessions),
  );
  await insert(
    database,
    'resolutions',
    all.flatMap(({ resolutions }) => resolutions),
  );
  const columns = 'reopened_share reopened_share_change_points';
  expect(await askFor(database, 'weeks-compared', columns, asked)).toEqual([
    [0.25, null],
    [0.375, 12.5],
  ]);
});

test('a table writes a change of points with its sign, and none without', () => {
  const columns = [{ name: 'reopened_share_change_points', type: 'Nullable(Float64)' }];
  const lines = formatTable({ columns, rows: [[0.3], [-2], [-0.02], [0.04], [null]] }).split('\n');
  expect(lines.slice(1, 6).map((line) => line.trim())).toEqual([
    '+0.3 pt',
    '-2.0 pt',
    '0.0 pt',
    '0.0 pt',
    '-',
  ]);
});

describe('the last second before the period’s end', () => {
  /** A row of every kind, alone in its month, a millisecond before it. */
  const TO = new Date('2025-03-01T10:30:00Z');
  const LAST = utc(TO.getTime() - 1);
  const asked = { from: new Date('2025-03-01T10:00:00Z'), to: TO, tz: 'UTC' };

  beforeAll(async () => {
    await insert(database, 'sessions', [session('last', LAST)]);
    await insert(database, 'resolutions', [resolution('last', LAST)]);
    await insert(database, 'agent_logouts', [logout(LAST)]);
    const row = { ...event('last', LAST), room_id: 'last', channel: 'wa' };
    for (const table of ['messages', 'allocations']) await insert(database, table, [row]);
    const click = { ...event('last', LAST), room_id: 'last', tags: ['vip'] };
    await insert(database, 'button_clicks', [click]);
    await insert(database, 'events', [{ ...event('last', LAST), kind: 'session', payload: '{}' }]);
  });

  // What is open, who returns, and what does not go by the period.
  const OTHERS = ['open-backlog', 'backlog-list', 'returning-customers', 'completeness', 'freshness'];
  const counts: Readonly<Record<string, string>> = {
    overview: 'sessions',
    'activity-over-time': 'sessions',
    'time-to-resolve-histogram': 'sessions',
  };

  test.each([...library.keys()].filter((name) => !OTHERS.includes(name)))('is in it for %s', async (name) => {
    const rows = await ask(database, name, { ...neededBy(name, NEEDED), ...asked });
    const column = counts[name];
    const found = column === undefined ? rows.length : sum(rows, column);
    // A story tells of each event.
    if (queryNamed(name).needs.length > 0) expect(found).toBeGreaterThan(0);
    else expect(found).toBe(1);
  });
});
