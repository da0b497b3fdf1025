import { expect, test } from 'vitest';
import { keepBooks } from '../../consumer/books/pages/keep.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { interrupted } from '../support/interrupted.ts';
import { byHand } from './by-hand.ts';
import { event, sample } from './events.ts';

/** More than a recount has. */
const MOST_STATEMENTS = 50;

/** The places of an outbox in the narrow tables that events do not have, and those that only events have. */
function differences(database: Database, outbox: string) {
  return database.rows(
    `WITH stand AS (SELECT sequence, cityHash64(event_id) AS id_hash FROM events_rows WHERE outbox = {outbox:String}),
       told AS (SELECT sequence, id_hash FROM event_numbers WHERE outbox = {outbox:String}),
       pages AS (SELECT arrayJoin(bitmapToArray(groupBitmapMergeState(numbers))) AS sequence
         FROM book_pages WHERE outbox = {outbox:String} AND entry = 'event')
     SELECT 'number without event' AS what, toString(sequence) AS which FROM told WHERE (sequence, id_hash) NOT IN stand
     UNION ALL
     SELECT 'event without number', toString(sequence) FROM stand WHERE (sequence, id_hash) NOT IN told
     UNION ALL
     SELECT 'page without event', toString(sequence) FROM pages WHERE sequence NOT IN (SELECT sequence FROM stand)
     UNION ALL
     SELECT 'event without page', toString(sequence) FROM stand WHERE sequence NOT IN (SELECT sequence FROM pages)`,
    { outbox },
  );
}

test('a recount that ended after any statement that changes something is made up for by the next one', {
  tags: 'long',
}, async () => {
  const database = await freshDatabase();
  let ended = 0;
  for (; ended < MOST_STATEMENTS; ended++) {
    const outbox = `demo/${ended}`;
    const events = Array.from({ length: 6 }, (_, index) =>
      event('session', sample('session'), index + 1, { outbox, id: `${ended}e${index}`.padEnd(32, '0') }),
    );
    await byHand(database).whole(events);
    await database.client.command({
      query: 'ALTER TABLE events_rows DELETE WHERE outbox = {outbox:String} AND sequence % 2 = 0',
      query_params: { outbox },
      clickhouse_settings: { mutations_sync: '2' },
    });
    let left = ended;
    const client = interrupted(database.client, async (statement) => {
      if (statement !== 'query' && left-- === 0) throw new Error('killed');
    });
    const isWhole = await keepBooks(client, { quietMs: 1e6 }).then(
      () => true,
      () => false,
    );
    await keepBooks(database.client, { quietMs: 1e6 });
    expect(await differences(database, outbox), `after ${ended} statements`).toEqual([]);
    if (isWhole) break;
  }
  expect(ended).toBeGreaterThan(3);
  expect(ended).toBeLessThan(MOST_STATEMENTS);
});
