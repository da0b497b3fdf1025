import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { closeRound, keepAll, keepRound, type Round } from '../../consumer/outcomes/keep.ts';
import { deliver, history, outcomes, own } from '../analytics/histories.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';

const RUNS = 5;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

/** What is done after a lot: nothing, a round, two at once, one of which nothing comes further, or closing them. */
const moves = fc.array(fc.constantFrom('none', 'round', 'two at once', 'killed', 'close'), {
  minLength: 6,
  maxLength: 6,
});

test('whatever was kept by when, by however many at once, the views say what looking through the history says', {
  tags: 'long',
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.integer({ min: 4, max: 20 }),
      fc.nat(20),
      moves,
      async (steps, lotSize, again, moves) => {
        const { run, told } = own(steps);
        const stored: Round[] = [];
        const move = async (lot: number) => {
          const what = moves[lot % moves.length];
          if (what === 'none') return;
          if (what === 'close') {
            for (const round of stored.splice(0)) await closeRound(database.client, round);
            return;
          }
          const rounds = what === 'two at once' ? 2 : 1;
          const kept = await Promise.all(
            Array.from({ length: rounds }, () => keepRound(database.client, { mostRows: 10, rangeRows: 3 })),
          );
          if (what !== 'killed') stored.push(...kept);
        };
        await deliver(database, told, { lotSize, again, after: move });
        const { said, right } = await outcomes(database, run, told);
        expect(said).toEqual(right);
        await keepAll(database.client);
        expect((await outcomes(database, run, told)).said).toEqual(right);
        const ways = await database.rows(
          'SELECT countIf(NOT is_kept) AS open, count() AS rows FROM room_timeline WHERE startsWith(app_id, {run:String})',
          { run: `${run}-` },
        );
        expect(ways).toEqual([{ open: 0, rows: told.length }]);
      },
    ),
    { numRuns: RUNS },
  );
});

test('more lots than a request has room to name are worked off, the first ones first', {
  tags: 'long',
}, async () => {
  const database = await freshDatabase();
  await database.client.command({
    query: `INSERT INTO room_touches
      SELECT generateUUIDv7(), now(), [('demo', concat('room ', toString(number)), now64(3), 0)], false FROM numbers(1000)`,
  });
  const open = () =>
    database.rows<{ lot: string }>(
      'SELECT toString(lot) AS lot FROM room_touches FINAL WHERE NOT is_done ORDER BY lot',
    );
  const before = await open();
  const round = await keepRound(database.client);
  expect(round).toMatchObject({ rows: round.lots.length, rowsLeft: 1000 - round.lots.length });
  expect(round.lots).toEqual(before.slice(0, round.lots.length).map(({ lot }) => lot));
  await keepAll(database.client);
  expect(await open()).toEqual([]);
});

test('a lot that is done stays done, also where its two rows are merged late', async () => {
  const row = (isDone: boolean) =>
    database.client.command({
      query: `INSERT INTO room_touches VALUES (toUUID('01a00000-0000-7000-8000-000000000001'), now() - INTERVAL 2 HOUR,
        [('demo', 'late', now64(3), 0)], ${isDone})`,
    });
  await row(false);
  await row(true);
  await database.client.command({
    query: 'ALTER TABLE room_touches MATERIALIZE TTL',
    clickhouse_settings: { mutations_sync: '2' },
  });
  expect(
    await database.rows(
      `SELECT is_done FROM room_touches FINAL WHERE lot = '01a00000-0000-7000-8000-000000000001'`,
    ),
  ).toEqual([{ is_done: true }]);
});
