import { expect, test } from 'vitest';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import { recountTable } from '../../consumer/books/pages/recount.ts';
import { close } from '../../consumer/books/retention/close.ts';
import { retain } from '../../consumer/books/retention/retain.ts';
import { EVENTS, MESSAGES } from '../../consumer/books/retention/retained.ts';
import { booksOf } from '../consumer/books-oracle.ts';
import { byHand } from '../consumer/by-hand.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { histories, KEEP_DAYS, MONTHS, NOW_MS } from './histories.ts';

const APPS = 30;
const KEEP = { EVENTS_KEEP_DAYS: KEEP_DAYS, MESSAGES_KEEP_DAYS: KEEP_DAYS };
const HOW = { nowMs: NOW_MS, signal: new AbortController().signal };

const DISMISS = `INSERT INTO dead_letter_dismissals
  SELECT id, failed_at, now64(3), 'a test', 'for it' FROM dead_letters WHERE is_open`;
const ERASE = [
  'INSERT INTO events_rows SELECT * REPLACE (\'{"erased":true}\' AS payload) FROM events WHERE sequence % 3 = 0',
  'ALTER TABLE events_rows DELETE WHERE sequence % 3 = 0 AND payload != \'{"erased":true}\'',
];

const command = ({ client }: Database, query: string) =>
  client.command({ query, clickhouse_settings: { mutations_sync: '2' } });

async function monthsIn({ rows }: Database, table: string): Promise<number[]> {
  const found = await rows<{ month: number }>(
    `SELECT DISTINCT toUInt32(partition_id) AS month FROM system.parts
     WHERE database = currentDatabase() AND active AND table = {table:String} AND rows > 0 ORDER BY month`,
    { table },
  );
  return found.map(({ month }) => month);
}

const LETTERS = 'SELECT id, is_open, is_dismissed FROM dead_letters ORDER BY id, failed_at';

/** All that the books say. */
async function booksAndLetters(database: Database) {
  return [...(await booksOf(database)), await database.rows(LETTERS)];
}

test('whatever is dropped, the books say what they said before it: killed between, done twice at once, and when all is read again', {
  tags: 'long',
  timeout: 240_000,
}, async () => {
  const database = await freshDatabase();
  const put = byHand(database);
  const seed = Number(process.env.SEED ?? Math.trunc(Math.random() * 2 ** 31));
  const accepted = histories(APPS, seed).flat();
  const ofFate = (...fates: string[]) =>
    accepted.filter(({ fate }) => fates.includes(fate)).map(({ event }) => event);
  await put.whole(ofFate('whole', 'settled'));
  await put.withoutFacts(ofFate('dismissed'));
  await put.dead(ofFate('settled', 'dismissed', 'letter'));
  await command(database, DISMISS);
  for (const query of ERASE) await command(database, query);
  await keepBooks(database.client, { quietMs: 0 });

  const before = await booksAndLetters(database);
  const same = async (when: string) =>
    expect(await booksAndLetters(database), `seed ${seed}, ${when}`).toEqual(before);

  // Killed when half of it was closed, and between the note and the drop.
  await close(database.client, EVENTS, 202401, HOW.signal);
  await close(database.client, MESSAGES, 202402, HOW.signal);
  await close(database.client, MESSAGES, 202401, HOW.signal);
  await command(
    database,
    "INSERT INTO dropped_partitions VALUES ('events_rows', 202401, now64(3)), ('messages_rows', 202402, now64(3))",
  );
  await same('closed, not dropped');

  const runs = await Promise.all([retain(database.client, KEEP, HOW), retain(database.client, KEEP, HOW)]);
  expect(
    runs.flat().flatMap(({ troubles }) => troubles),
    `seed ${seed}`,
  ).toEqual([]);
  for (const table of ['events_rows', 'messages_rows'])
    expect(await monthsIn(database, table)).toEqual(MONTHS.slice(-1));
  // The drop is known: nothing is to be counted again for it.
  await keepBooks(database.client, { quietMs: 0 });
  await same('dropped');

  await put.whole(ofFate('whole', 'settled'));
  await same('read again from Kafka');
  await retain(database.client, KEEP, HOW);
  expect(await monthsIn(database, 'events_rows')).toEqual(MONTHS.slice(-1));
  await recountTable(database.client, 'events_rows');
  await recountTable(database.client, 'messages_rows');
  await same('dropped again, and counted anew');
});
