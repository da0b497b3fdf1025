import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { expect, test } from 'vitest';
import { followRows } from '../../consumer/books/pages/follow-rows.ts';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';

const LITTLE_MEMORY = '25000000';
const OUTBOXES = 10;
const BOOKS = ['book_pages', 'event_numbers', 'event_ids', 'book_seals', 'repeated_ids', 'book_tables'];

/** Events that stood before there were books by pages: sessions, of each outbox one in so many of its numbers. */
async function eventsBefore(
  { client }: Database,
  { events, oneIn }: { events: number; oneIn: number },
): Promise<void> {
  await client.command({
    query: `INSERT INTO events_rows (outbox, sequence, event_id, app_id, kind, occurred_at, received_at, payload)
      SELECT concat('demo/', toString(number % ${OUTBOXES})), intDiv(number, ${OUTBOXES}) * {oneIn:UInt32} + 1,
        hex(number), 'demo', 'session', toDateTime64('2026-01-01', 3, 'UTC') + number AS at, at, '{}'
      FROM numbers({events:UInt32})`,
    query_params: { events, oneIn },
  });
  for (const table of BOOKS) await client.command({ query: `TRUNCATE TABLE ${table}` });
}

/** What each of its queries may take is little. */
function smallClient({ url }: Database): ClickHouseClient {
  const client = createClient({
    url,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { max_memory_usage: LITTLE_MEMORY },
  });
  undoAfterwards(() => client.close());
  return client;
}

test('an upgrade seals all pages there are, with memory for a few', { tags: 'long' }, async () => {
  const database = await freshDatabase();
  await eventsBefore(database, { events: 240_000, oneIn: 14 });
  await keepBooks(smallClient(database), { quietMs: 0 });
  const [left] = await database.rows('SELECT toUInt32(count()) AS open FROM book_open');
  expect(left).toEqual({ open: 0 });
  const [sealed] = await database.rows(
    'SELECT toUInt32(count()) AS pages, toUInt32(sum(places)) AS events FROM book_seals FINAL',
  );
  expect(sealed).toEqual({ pages: OUTBOXES * Math.ceil((24_000 * 14) / 16_384), events: 240_000 });
  const told = await database.rows(
    `SELECT toUInt32(sum(expected)) AS expected, toUInt32(sum(missing)) AS missing FROM audit WHERE kind = 'session'`,
  );
  expect(told).toEqual([{ expected: 240_000, missing: 240_000 }]);
});

test('an upgrade enters all events there are into the books, with memory for the sets of some pages', {
  tags: 'long',
}, async () => {
  const database = await freshDatabase();
  await eventsBefore(database, { events: 50_000, oneIn: 16_384 });
  await followRows(smallClient(database), {}, () => undefined);
  const [books] = await database.rows(
    `SELECT toUInt32(count()) AS pages, toUInt32(sum(events)) AS events FROM
     (SELECT groupBitmapMerge(numbers) AS events FROM book_pages WHERE kind = 'session' GROUP BY outbox, page)`,
  );
  expect(books).toEqual({ pages: 50_000, events: 50_000 });
});
