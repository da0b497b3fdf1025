import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { runScript } from '../support/programs.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const DAY_MS = 86_400_000;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

async function rebuild(...args: string[]) {
  const command = ['--table', 'resolutions', '--json', ...args];
  const { stdout } = await runScript(
    'consumer/books/rebuild/main.ts',
    { CLICKHOUSE_URL: database.url },
    command,
  );
  return JSON.parse(stdout);
}

test('rebuild takes the second row out of an event that was accepted again late, and the books balance', {
  tags: 'long',
}, async () => {
  const put = byHand(database);
  const at = (ms: number) => ({ occurredMs: ms, receivedMs: ms });
  const first = event('resolution', sample('resolution'), 1, at(RECEIVED_MS));
  const other = event('resolution', sample('resolution'), 2, at(RECEIVED_MS + 1_000));
  const late = at(RECEIVED_MS + 40 * DAY_MS);
  await put.whole([first, other, { ...first, sequence: 3, ...late }]);
  await put.whole([{ ...other, outbox: 'demo/1', sequence: 1, ...late }]);
  const counted = () =>
    database.rows('SELECT event_id, outbox, sequence FROM resolutions ORDER BY outbox, sequence');
  expect(await counted()).toHaveLength(4);
  expect(await rebuild()).toMatchObject({ repeated: 2, difference: { added: 0, removed: 2, changed: 0 } });
  expect(await rebuild('--apply')).toMatchObject({ isApplied: true });
  expect(await counted()).toEqual([
    { event_id: first.id, outbox: 'demo/0', sequence: 1 },
    { event_id: other.id, outbox: 'demo/0', sequence: 2 },
  ]);
  const books = await database.rows(
    `SELECT sum(repeated) AS repeated, sum(counted_twice) AS counted_twice, min(is_balanced) AS is_balanced
     FROM audit WHERE kind = 'resolution'`,
  );
  expect(books).toEqual([{ repeated: 2, counted_twice: 0, is_balanced: true }]);
  expect(await rebuild()).toMatchObject({ difference: { added: 0, removed: 0, changed: 0 } });
});
