import { beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { type Database, emptyDatabase, freshDatabase } from '../support/clickhouse.ts';
import { runScript } from '../support/programs.ts';
import { event, insert, resolution, session } from './rows.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  const customer_name = '=HYPERLINK("http://evil.test"),\n"Citra"';
  const more = { customer_name, channel: 'wa', room_name: 'Siti \u001b[31m' };
  await insert(database, 'sessions', [
    session('a', '2026-11-02 02:00:00', more),
    session('a', '2026-11-03 02:00:00', more),
  ]);
  await insert(database, 'resolutions', [resolution('a', '2026-11-02 03:05:00')]);
});

const PERIOD = ['--from', '2026-11-01', '--to', '2026-11-08'];

/** `npm run report -- …`, with its exit code. */
async function report(args: string[], url = database.url) {
  try {
    return {
      code: 0,
      ...(await runScript('consumer/analytics/report/main.ts', { CLICKHOUSE_URL: url }, args)),
    };
  } catch (fault) {
    return fault as { code: number; stdout: string; stderr: string };
  }
}

test('without a name, it lists each query with its question, and the options', async () => {
  const { code, stdout } = await report([]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^agents +Who resolves most/m);
  expect(stdout).toMatch(/^weeks-compared +How do the weeks compare\?$/m);
  expect(stdout).toContain('--format <format>');
});

test('a table is made to be read: durations in words, its question apart from it', async () => {
  const { stdout, stderr } = await report(['time-to-resolve', '--app', 'demo', ...PERIOD]);
  expect(stderr).toMatch(/^How long does it take to resolve/);
  expect(stdout.split('\n')[1]).toMatch(
    /^Ani +demo +1 +ani@test +wa +1 +1 h 05 min +1 h 05 min +1 h 05 min$/,
  );
});

test('a table says up to when it is complete, and what is missing', async () => {
  const received = (sequence: number, at: string) => ({ ...event(`event ${sequence}`, at), sequence });
  const own = await freshDatabase();
  await insert(own, 'events', [received(1, '2026-11-02 02:00:00'), received(2, '2026-11-02 02:10:00')]);
  const whole = await report(['agents', ...PERIOD], own.url);
  expect(whole.stderr).toContain('Complete up to 2026-11-02 09:10:00 Asia/Jakarta\n');
  await insert(own, 'events', [received(5, '2026-11-02 02:30:00')]);
  const gap = await report(['agents', ...PERIOD], own.url);
  expect(gap.stderr).toContain(
    'Complete up to 2026-11-02 09:10:00 Asia/Jakarta; 2 missing events on their way',
  );
});

test('where it cannot be told how complete it is, the table is printed all the same, and that is said', async () => {
  const own = await freshDatabase();
  await insert(own, 'sessions', [session('a', '2026-11-02 02:00:00')]);
  await own.client.command({ query: 'DROP VIEW completeness' });
  const { code, stdout, stderr } = await report(['channels', ...PERIOD], own.url);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^wa +1 /m);
  expect(stderr).toContain('It cannot be told how complete this is: ClickHouse at');
  expect(stderr).not.toContain('    at ');
});

test('a customer’s control characters do not reach the terminal', async () => {
  const { stdout } = await report(['session-list', ...PERIOD]);
  expect(stdout).toContain('Siti');
  expect(stdout).not.toContain('\u001b');
});

test('JSON is exact, and holds a list of objects alone', async () => {
  const { stdout } = await report(['channels', ...PERIOD, '--format', 'json']);
  expect(JSON.parse(stdout)).toMatchObject([{ channel: 'wa', sessions: 2, median_seconds_to_resolve: 3900 }]);
});

test('CSV follows RFC 4180, and no spreadsheet takes a customer’s text for a formula', async () => {
  const { stdout } = await report(['returning-customers', ...PERIOD, '--format', 'csv']);
  const [head, ...rows] = stdout.split('\r\n');
  expect(head).toBe('customer,customer_id,app_id,sessions,rooms,channels,first_session,last_session');
  expect(rows[0]).toMatch(
    /^"'=HYPERLINK\(""http:\/\/evil\.test""\),\n""Citra""",customer of a,demo,2,1,"\[""wa""\]",/,
  );
});

test('local dates are those of the time zone asked for', async () => {
  const started = async (tz: string) => {
    const day = ['--from', '2026-11-02', '--to', '2026-11-03', '--tz', tz, '--format', 'json'];
    return JSON.parse((await report(['session-list', ...day])).stdout);
  };
  expect(await started('Asia/Jakarta')).toMatchObject([{ started: '2026-11-02 09:00:00.000' }]);
  expect(await started('Pacific/Honolulu')).toMatchObject([{ started: '2026-11-02 16:00:00.000' }]);
});

test('the lists take every filter that the API has, and each narrows', { tags: 'long' }, async () => {
  const rooms = async (...filters: string[]) =>
    JSON.parse((await report(['session-list', ...PERIOD, '--format', 'json', ...filters])).stdout).length;
  expect(await rooms()).toBe(2);
  expect(await rooms('--weekday', '1')).toBe(1);
  expect(await rooms('--hour', '10')).toBe(0);
  expect(await rooms('--min-seconds', '3900')).toBe(1);
  expect(await rooms('--max-seconds', '3900')).toBe(0);
  expect(await rooms('--agent', '1', '--state', 'resolved')).toBe(1);
});

test('where nothing is found, it says so and what to do', async () => {
  const { code, stderr } = await report(['agents', '--from', '2025-01-01', '--to', '2025-01-02']);
  expect(code).toBe(0);
  expect(stderr).toContain('Nothing in this period');
});

test.each([
  [['agent'], 'Did you mean agent-day or agents'],
  [['chanels'], 'Did you mean channels'],
  [['xxxxxxxxxxxxx'], 'npm run report'],
  [['agents', 'channels'], 'too many arguments'],
  [['agents', '--tz', 'Mars/Olympus'], '--tz must be an IANA time zone'],
  [['agents', '--from', 'yesterday'], '"yesterday" is no time'],
  [['agents', '--from', '2026-02-30x'], 'is no time'],
  [['agents', '--from', '2026-11-08', '--to', '2026-11-01'], 'from must be before to'],
  [['agents', '--format', 'xml'], 'Allowed choices are table, csv, json'],
  [['agents', '--days', '1'], '--days'],
  [
    ['logout-list', '--channel', 'wa'],
    'logout-list does not take channel. It takes from, to, tz, app, agent',
  ],
  [['agents', '--page', '2', '--format', 'csv'], 'agents does not take offset'],
  [['session-list', '--limit', '100000'], 'limit must be 1 to 10000'],
])('%j is answered with what is wrong and what would be right', async (args, message) => {
  const { code, stdout, stderr } = await report(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

test('without a ClickHouse at the address, it says how to get one, and keeps the password to itself', async () => {
  const port = await freePort();
  const { code, stderr } = await report(['agents'], `http://me:s3cret@127.0.0.1:${port}/qiscus`);
  expect(code).toBe(1);
  expect(stderr).toContain(`No ClickHouse answers at http://127.0.0.1:${port}`);
  expect(stderr).not.toContain('s3cret');
});

test('a database that is not migrated is told to be', async () => {
  const { url } = await emptyDatabase();
  const { code, stderr } = await report(['agents'], url);
  expect(code).toBe(1);
  expect(stderr).toContain('npm run migrate');
});
