import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { undoAfterwards } from '../support/clean-up.ts';
import type { Database } from '../support/clickhouse.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/programs.ts';
import { startProxy } from '../support/proxy.ts';
import { event, RECEIVED_MS, sessions } from './events.ts';
import { allCommitted, countOf, startPath } from './setup.ts';

type Path = Awaited<ReturnType<typeof startPath>>;

const PUBLISH_EVERY_MS = 10;
const SCRIPT = 'consumer/books/rebuild/main.ts';

async function rebuild({ database }: Path, ...args: string[]) {
  const { stdout } = await runScript(SCRIPT, { CLICKHOUSE_URL: database.url }, [
    ...['--table', 'sessions', '--json'],
    ...args,
  ]);
  return JSON.parse(stdout);
}

const run = ({ client }: Database, query: string) => client.command({ query });

/** Inserts sessions once more, changed: of the same sort key it replaces the row, of another it stands beside it. */
const insertChanged = (database: Database, change: string, which: string) =>
  run(database, `INSERT INTO sessions_rows SELECT * REPLACE(${change}) FROM sessions WHERE ${which}`);

const contents = ({ rows }: Database) =>
  rows('SELECT count() AS rows, sum(cityHash64(toJSONString(tuple(*)))) AS hash FROM sessions');

const leftovers = ({ rows }: Database) =>
  rows<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%\\_rebuild\\_%'",
  );

/** Publishes sessions, from a sequence number on, until it is stopped. */
function keepPublishing({ publish }: Path, from: number) {
  let isStopped = false;
  let next = from;
  const loop = (async () => {
    while (!isStopped) {
      await publish.events(sessions(next, next + 9, { receivedMs: Date.now() }));
      next += 10;
      await pause(PUBLISH_EVERY_MS);
    }
  })();
  /** @returns how many were published */
  const stop = async () => {
    isStopped = true;
    await loop;
    return next - from;
  };
  undoAfterwards(async () => void (await stop()));
  return stop;
}

test('a dry run changes nothing; applied, exactly what it printed changes, while events go on coming in, none lost or doubled', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { database } = path;
  const refused = event('session', '{"payload":{"room":{"id":""}}}', 500);
  await path.publish.events([...sessions(1, 300), refused]);
  await countOf(database, 'sessions', 300);
  await countOf(database, 'dead_letters', 1);
  const right = await contents(database);

  await insertChanged(database, "'an old name' AS room_name", 'sequence <= 10');
  await insertChanged(database, 'occurred_at - INTERVAL 40 DAY AS occurred_at', 'sequence IN (20, 25)');
  await insertChanged(database, `'${'0'.repeat(32)}' AS event_id`, 'sequence = 40');
  await insertChanged(database, `'${refused.id}' AS event_id, 'kept' AS room_name`, 'sequence = 41');
  await run(database, 'DELETE FROM sessions_rows WHERE sequence BETWEEN 30 AND 34');
  await run(
    database,
    "DELETE FROM sessions_rows WHERE sequence = 25 AND occurred_at > '2026-03-01 00:00:00.000'",
  );
  const wrong = await contents(database);

  const dry = await rebuild(path);
  expect(dry).toMatchObject({
    events: 301,
    difference: { added: 5, removed: 2, changed: 11, columns: { room_name: 10, occurred_at: 1 } },
    refused: { [`${Object.keys(dry.refused)[0]}`]: 1 },
    keptRows: 1,
    isApplied: false,
  });
  expect(Object.keys(dry.refused)[0]).toContain('payload.room.id must be');
  expect(dry.difference.samples).toContainEqual(
    expect.objectContaining({
      before: expect.objectContaining({ room_name: '"…"' }),
      after: expect.objectContaining({ room_name: '"… another"' }),
    }),
  );
  expect(await contents(database)).toEqual(wrong);
  expect(await leftovers(database)).toEqual([]);

  const stop = keepPublishing(path, 1_001);
  const applied = await rebuild(path, '--apply');
  const published = await stop();
  expect(applied).toMatchObject({ difference: { ...dry.difference, samples: expect.anything() } });
  expect(applied.isApplied).toBe(true);
  await allCommitted(path);
  await countOf(database, 'sessions', 301 + published);
  await countOf(database, 'events', 301 + published);
  await run(database, `DELETE FROM sessions_rows WHERE sequence > 1000 OR event_id = '${refused.id}'`);
  expect(await contents(database)).toEqual(right);
  expect(await leftovers(database)).toEqual([]);
});

test('of a period and an app, only those rows are rebuilt', { tags: 'long' }, async () => {
  const path = await startPath({ until: 'started' });
  const { database } = path;
  const day = (days: number) => ({ receivedMs: RECEIVED_MS + days * 86_400_000 });
  await path.publish.events([
    ...sessions(1, 10, day(0)),
    ...sessions(11, 20, day(1)),
    ...sessions(21, 25, { ...day(1), app: 'other' }),
    ...sessions(31, 40, day(2)),
  ]);
  await countOf(database, 'sessions', 35);
  await insertChanged(database, "'wrong' AS room_name", '1');
  const scope = ['--from', '2026-03-05', '--to', '2026-03-06T00:00:00Z', '--app', 'demo'];
  const { difference } = await rebuild(path, ...scope, '--apply');
  expect(difference).toMatchObject({ added: 0, removed: 0, changed: 10 });
  const wrong = await database.rows(
    "SELECT count() AS n, countIf(sequence BETWEEN 11 AND 20) AS rebuilt FROM sessions WHERE room_name = 'wrong'",
  );
  expect(wrong).toEqual([{ n: 25, rebuilt: 0 }]);
  await countOf(database, 'sessions', 35);
});

test('killed or interrupted at any moment, it leaves every row in the table, and the next run cleans up', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { database } = path;
  const proxy = await startProxy(Number(new URL(database.url).port));
  proxy.delay(20);
  await path.publish.events(sessions(1, 200));
  await countOf(database, 'sessions', 200);
  await insertChanged(database, "'an old name' AS room_name", 'sequence <= 10');
  const stop = keepPublishing(path, 1_001);
  const old =
    "SELECT countIf(room_name = 'an old name') AS n, countIf(sequence <= 200) AS rows FROM sessions";

  for (const [sign, signal] of [
    ['sessions_rows_rebuild_%', 'SIGINT'],
    ['sessions_rows_rebuild_%', 'SIGKILL'],
    ['%_feed', 'SIGKILL'],
  ] as const) {
    const child = start(database, proxy.port);
    await eventually(
      async () => expect((await leftovers(database)).some(({ name }) => like(name, sign))).toBe(true),
      { timeoutMs: 30_000, intervalMs: 5 },
    );
    child.kill(signal);
    await new Promise((resolve) => child.once('close', resolve));
    expect(await database.rows(old)).toEqual([{ n: 10, rows: 200 }]);
    expect((await leftovers(database)).length > 0).toBe(signal === 'SIGKILL');
  }
  expect((await rebuild(path, '--apply')).difference).toMatchObject({ added: 0, removed: 0, changed: 10 });
  expect(await leftovers(database)).toEqual([]);
  const published = await stop();
  await countOf(database, 'sessions', 200 + published);
  await countOf(database, 'events', 200 + published);
  expect(await database.rows(old)).toEqual([{ n: 0, rows: 200 }]);
});

const like = (name: string, pattern: string) => new RegExp(`^${pattern.replace('%', '.*')}$`).test(name);

/** Starts a rebuild that reaches ClickHouse by a slow way, so that there is time between its steps. */
function start(database: Database, port: number): ChildProcess {
  const url = new URL(database.url);
  url.port = String(port);
  return spawn(process.execPath, [SCRIPT, '--table', 'sessions', '--apply'], {
    cwd: ROOT,
    env: { ...baseEnvironment(), CLICKHOUSE_URL: url.href },
    stdio: 'ignore',
  });
}
