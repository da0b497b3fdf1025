import { beforeAll, describe, expect, test, vi } from 'vitest';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import { close } from '../../consumer/books/retention/close.ts';
import { beforeWhen, readGone } from '../../consumer/books/retention/kept.ts';
import { retain } from '../../consumer/books/retention/retain.ts';
import { EVENTS } from '../../consumer/books/retention/retained.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { byHand } from '../consumer/by-hand.ts';
import { event, sample } from '../consumer/events.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';

// Each looks at the books several times, which takes long on a machine that does much else.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const NOW_MS = Date.UTC(2024, 11, 15);
const KEEP = { EVENTS_KEEP_DAYS: 30, MESSAGES_KEEP_DAYS: 30 };
const HOW = { nowMs: NOW_MS, signal: new AbortController().signal };

/** An event in the middle of a month of 2024. */
function inMonth(
  app: string,
  month: number,
  kind: Kind,
  sequence: number,
  changes: Partial<StreamEvent> = {},
) {
  const receivedMs = Date.UTC(2024, month - 1, 10, 0, 0, sequence);
  const id = `${app.charCodeAt(0)}f${kind.length}f${sequence}f${month}f`.padEnd(32, '0');
  return event(kind, kind === 'unrecognized' ? '{}' : sample(kind), sequence, {
    app,
    outbox: `${app}/0`,
    id,
    receivedMs,
    occurredMs: receivedMs,
    ...changes,
  });
}

let database: Database;
let put: ReturnType<typeof byHand>;
const command = (query: string) =>
  database.client.command({ query, clickhouse_settings: { mutations_sync: '2' } });

beforeAll(async () => {
  database = await freshDatabase();
  put = byHand(database);
});

/** What is held, by month, and why. */
async function run(): Promise<{ dropped: string[]; held: string[] }> {
  const runs = await retain(database.client, KEEP, HOW);
  return {
    dropped: runs.flatMap(({ retained, dropped }) => dropped.map((month) => `${retained.view} ${month}`)),
    held: runs.flatMap(({ retained, troubles }) =>
      troubles.map(({ month, kind, what }) => `${retained.view} ${month} ${kind}: ${what}`),
    ),
  };
}

describe('a month whose books are not balanced is held, and dropped once they are', { tags: 'long' }, () => {
  const kept: StreamEvent[] = [];

  test('each by what is wrong with it, and no other', async () => {
    const session = (app: string, month: number, sequence: number) =>
      inMonth(app, month, 'session', sequence);
    const message = (app: string, month: number, sequence: number) =>
      inMonth(app, month, 'message', sequence);
    // January: a number is missing between two events; February has but the one after it.
    kept.push(session('a', 1, 2));
    await put.whole([session('a', 1, 1), session('a', 1, 3), session('a', 2, 4)]);
    // March: a message has no fact, of April a session.
    kept.push(message('b', 3, 1), session('b', 4, 2));
    await put.withoutFacts(kept.slice(1));
    await put.whole([message('b', 3, 3)]);
    // May: a dead letter is open, of a message and alone.
    await put.withoutFacts([message('c', 5, 1)]);
    await put.whole([message('c', 5, 3)]);
    await put.dead([message('c', 5, 1), session('c', 5, 2)]);
    // June: a fact without its event.
    kept.push(session('d', 6, 2));
    await put.whole([session('d', 6, 1)]);
    await put.factsAlone([session('d', 6, 2)]);
    // July: a resolution that counts twice.
    const resolution = inMonth('e', 7, 'resolution', 1);
    const later = resolution.receivedMs + 7_200_000;
    await put.whole([resolution, { ...resolution, sequence: 2, receivedMs: later, occurredMs: later }]);
    // August: what no outbox gave out. September: an outbox that lost its storage, and all is well. November: too young.
    await put.whole([
      message('f', 8, 1),
      message('f', 8, 99),
      message('g', 9, 1),
      inMonth('g', 9, 'unrecognized', 1),
      message('h', 11, 1),
    ]);
    await command("INSERT INTO foreign_places VALUES ('f/0', 99, true, now64(3))");

    const { dropped, held } = await run();
    expect(held).toEqual([
      'events 202401 *: missing',
      'events 202403 message: missing',
      'events 202404 session: missing',
      'events 202405 message: open dead letters',
      'events 202405 session: open dead letters',
      'events 202406 session: facts without event',
      'events 202407 resolution: counted twice',
      'events 202408 *: foreign',
      'messages 202403 message: missing',
      'messages 202405 message: open dead letters',
      'messages 202408 message: foreign',
    ]);
    expect(dropped).toEqual(['events 202402', 'events 202409', 'messages 202409']);
  });

  test('what was dropped so is no change of the table: nothing is counted again for it', async () => {
    let counted = 0;
    await keepBooks(database.client, { quietMs: 0, onRecount: () => counted++ });
    expect(counted).toBe(0);
  });

  test('what is told of it names the months that are kept in between', async () => {
    const gone = await readGone(database.client);
    expect(beforeWhen(gone.events)).toBe(
      'before 2024-10-01, but for those of 2024-01, 2024-03, 2024-04, 2024-05, 2024-06, 2024-07, 2024-08,',
    );
  });

  test('mended, they go with the next run', async () => {
    const [lost, ...others] = kept;
    await put.whole([...(lost === undefined ? [] : [lost]), ...others]);
    await command(`INSERT INTO dead_letter_dismissals
      SELECT id, failed_at, now64(3), 'a test', 'for it' FROM dead_letters WHERE is_open`);
    await command("DELETE FROM resolutions_rows WHERE app_id = 'e' AND sequence = 2");
    for (const table of ['events_rows', 'messages_rows'])
      await command(`ALTER TABLE ${table} DELETE WHERE sequence = 99`);
    await command("INSERT INTO foreign_places VALUES ('f/0', 99, false, now64(3))");
    const { dropped, held } = await run();
    expect(held).toEqual([]);
    const months = (...those: number[]) => those.map((month) => `events 20240${month}`);
    expect(dropped).toEqual([
      ...months(1, 3, 4, 5, 6, 7, 8),
      'messages 202403',
      'messages 202405',
      'messages 202408',
    ]);
    expect(
      await database.rows('SELECT outbox, missing, unexpected FROM audit WHERE NOT is_balanced'),
    ).toEqual([{ outbox: 'g/0', missing: 0, unexpected: 1 }]);
  });
});

test('what comes in late for a month that was dropped counts, and is dropped with the next run', async () => {
  await put.whole([inMonth('j', 2, 'session', 1)]);
  await run();
  await put.whole([inMonth('j', 2, 'session', 2)]);
  expect(await run()).toEqual({ dropped: ['events 202402'], held: [] });
  expect(
    await database.rows("SELECT kind, expected, stored, missing FROM audit WHERE app_id = 'j' ORDER BY kind"),
  ).toEqual([
    { kind: '*', expected: 2, stored: 2, missing: 0 },
    { kind: 'session', expected: 2, stored: 2, missing: 0 },
  ]);
});

test('a month that anybody else drops is missing, also where it came in after the books were looked at', async () => {
  await put.whole([inMonth('i', 10, 'session', 1), inMonth('i', 11, 'session', 2)]);
  await keepBooks(database.client, { quietMs: 0 });
  // A run that was killed before it noted anything makes no difference.
  await close(database.client, EVENTS, 202410, HOW.signal);
  await command("ALTER TABLE events_rows DROP PARTITION ID '202410'");
  await keepBooks(database.client, { quietMs: 0 });
  expect(await database.rows("SELECT kind, missing FROM audit WHERE app_id = 'i' AND kind = '*'")).toEqual([
    { kind: '*', missing: 1 },
  ]);
});

test('nothing is dropped, and nothing asked of the books, where nothing is old enough or all is kept for ever', async () => {
  expect(await retain(database.client, {}, HOW)).toEqual([]);
  const young = await retain(database.client, { EVENTS_KEEP_DAYS: 3_650 }, HOW);
  expect(young).toMatchObject([{ dropped: [], troubles: [] }]);
});
