import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HTTP } from 'cloudevents';
import { beforeAll, expect, test } from 'vitest';
import { KINDS } from '../../schemas/webhooks.ts';
import { event, RECEIVED_MS, sample } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/programs.ts';
import { testDir } from '../support/shared.ts';
import { startScript } from './run.ts';
import { store } from './stored.ts';

const SCRIPT = 'consumer/stream/export/main.ts';
const DAY_MS = 86_400_000;
const DAY = new Date(RECEIVED_MS).toISOString().slice(0, 10);
const NEXT = new Date(RECEIVED_MS + DAY_MS).toISOString().slice(0, 10);
const AFTER = new Date(RECEIVED_MS + 2 * DAY_MS).toISOString().slice(0, 10);

const SESSIONS = Array.from({ length: 1_500 }, (_, i) =>
  event('session', sample('session'), i + 1, { receivedMs: RECEIVED_MS + i }),
);
const MESSAGE = event('message', sample('message'), 1_501, { receivedMs: RECEIVED_MS + DAY_MS });

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  await store(database, [...SESSIONS, MESSAGE]);
  await store(database, SESSIONS.slice(0, 10));
});

async function exporting(...args: string[]) {
  const ended = await runScript(SCRIPT, { CLICKHOUSE_URL: database.url }, args).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
  return {
    ...ended,
    json: ended.code === 0 && args.includes('--json') ? JSON.parse(ended.stdout) : undefined,
  };
}

/** All files under a folder, hidden ones too. */
async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1));
}

/** A Parquet file's rows, read by ClickHouse. */
async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  const { client } = database;
  const table = `read_${Math.random().toString(36).slice(2)}`;
  await client.command({ query: `CREATE TABLE ${table} AS events_rows ENGINE = Memory` });
  undoAfterwards(async () => void (await client.command({ query: `DROP TABLE ${table}` })));
  const url = new URL(database.url);
  const query = new URLSearchParams({
    database: database.name,
    query: `INSERT INTO ${table} FORMAT Parquet`,
  });
  const answer = await fetch(`${url.origin}/?${query}`, { method: 'POST', body: await readFile(path) });
  expect(await answer.text()).toBe('');
  return database.rows(
    `SELECT event_id, kind, sequence, payload, toString(received_at) AS received FROM ${table}`,
  );
}

test('each day and kind becomes a Parquet file that has its events once, and a rerun leaves what is there', async () => {
  const dir = await testDir('export');
  const args = ['--format', 'parquet', '--from', DAY, '--to', AFTER, '--dir', dir];
  const { json } = await exporting(...args, '--json');
  expect(json).toMatchObject({ events: SESSIONS.length + 1 });
  const files = await filesIn(dir);
  expect(files.sort()).toEqual(
    KINDS.flatMap((kind) => [`${kind}/${DAY}.parquet`, `${kind}/${NEXT}.parquet`]).sort(),
  );
  const rows = await parquetRows(join(dir, 'session', `${DAY}.parquet`));
  expect(rows.map(({ event_id }) => event_id)).toEqual(SESSIONS.map(({ id }) => id));
  expect(rows[0]).toMatchObject({
    kind: 'session',
    payload: sample('session'),
    received: '2026-03-04 05:06:07.890',
  });
  expect(await parquetRows(join(dir, 'session', `${NEXT}.parquet`))).toEqual([]);
  const before = (await stat(join(dir, 'session', `${DAY}.parquet`))).mtimeMs;
  const again = await exporting(...args);
  expect(again.stdout).toMatch(new RegExp(`^0 files written with 0 events, ${files.length} were there`));
  expect((await stat(join(dir, 'session', `${DAY}.parquet`))).mtimeMs).toBe(before);
});

test('NDJSON has a CloudEvent a line, as the stream has them', async () => {
  const dir = await testDir('export');
  await exporting('--format', 'ndjson', '--from', DAY, '--to', NEXT, '--kind', 'session', '--dir', dir);
  const text = await readFile(join(dir, 'session', `${DAY}.ndjson`), 'utf8');
  const events = text
    .trimEnd()
    .split('\n')
    .flatMap((body) =>
      HTTP.toEvent<unknown>({ headers: { 'content-type': 'application/cloudevents+json' }, body }),
    );
  expect(events.map(({ id }) => id)).toEqual(SESSIONS.map(({ id }) => id));
  expect(events[0]?.data).toEqual(JSON.parse(sample('session')));
});

test('killed in the middle, it leaves no file that looks whole, and the next run writes it', async () => {
  const dir = await testDir('export');
  const args = ['--format', 'ndjson', '--from', DAY, '--to', AFTER, '--dir', dir];
  const running = startScript(SCRIPT, { CLICKHOUSE_URL: database.url }, args);
  await eventually(async () => expect((await filesIn(dir)).length).toBeGreaterThan(0), {
    intervalMs: 2,
    timeoutMs: 30_000,
  });
  running.signal('SIGKILL');
  await running.ended;
  await exporting(...args);
  const text = await readFile(join(dir, 'session', `${DAY}.ndjson`), 'utf8');
  expect(text.trimEnd().split('\n')).toHaveLength(SESSIONS.length);
  expect((await filesIn(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a day that is not over, one whose events are missing, and a folder that is a file are refused in a sentence', {
  tags: 'long',
}, async () => {
  const dir = await testDir('export');
  const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
  const base = ['--format', 'parquet', '--kind', 'message', '--dir', dir];
  expect(await exporting(...base, '--from', DAY, '--to', tomorrow)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is not over \(UTC\).*Use --to/),
  });
  expect(await exporting(...base, '--from', '2026-02-30')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It must be a day'),
  });
  await writeFile(join(dir, 'a-file'), '');
  const inFile = [
    '--format',
    'ndjson',
    '--kind',
    'message',
    '--dir',
    join(dir, 'a-file'),
    '--from',
    DAY,
    '--to',
    NEXT,
  ];
  expect(await exporting(...inFile)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cannot be written to \(ENOTDIR\)/),
  });
  expect(await filesIn(dir)).toEqual(['a-file']);
  const gap = event('message', sample('message'), 2_000, {
    app: 'gappy',
    outbox: 'gappy/0',
    receivedMs: RECEIVED_MS,
  });
  await store(database, [gap]);
  const withGap = [...base, '--from', DAY, '--to', NEXT];
  expect(await exporting(...withGap)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Of gappy, events received before .* are missing: "npm run audit"/),
  });
  expect((await exporting(...withGap, '--anyway')).code).toBe(0);
});
