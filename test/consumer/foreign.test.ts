import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { markForeign } from '../../consumer/books/foreign/mark.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const FORGED = 999_999;

let database: Database;
let put: ReturnType<typeof byHand>;
beforeAll(async () => {
  database = await freshDatabase();
  put = byHand(database);
});

/** Each test has an app of its own. */
let app = 'app0';
beforeEach(() => {
  app = `app${Number(app.slice(3)) + 1}`;
});

/** Sessions with these sequence numbers, as the outbox of the test's app would send them. */
function sessions(...sequences: number[]): StreamEvent[] {
  return sequences.map((sequence) => {
    const id = createHash('md5').update(`${app} ${sequence}`).digest('hex');
    const receivedMs = RECEIVED_MS + sequence;
    return event('session', sample('session'), sequence, { app, id, receivedMs, outbox: `${app}/0` });
  });
}

/** What the outbox of the test's app says when it is asked for the first time, the second, … */
function asked(...accepted: number[]) {
  let times = 0;
  const mark = () =>
    markForeign(database.client, async () => {
      const last = accepted[Math.min(times++, accepted.length - 1)];
      return new Map(last === undefined ? [] : [[`${app}/0`, last]]);
    });
  return mark();
}

/** All that the books say of the test's app. */
async function books() {
  const of = (view: string) =>
    database.rows(`SELECT * FROM ${view} WHERE app_id = {app:String} ORDER BY ALL`, { app });
  return { audit: await of('audit'), outboxes: await of('outbox_books'), complete: await of('completeness') };
}

const foreign = () =>
  database.rows(
    `SELECT sequence FROM foreign_places FINAL
      WHERE is_foreign AND outbox = {outbox:String} ORDER BY sequence`,
    { outbox: `${app}/0` },
  );

test('a forged number is foreign and moves no figure: not the missing, not the last, not what is complete', {
  tags: 'long',
}, async () => {
  await put.whole(sessions(1, 2, 3));
  await put.dead(sessions(4));
  const before = await books();
  await put.whole(sessions(FORGED));
  await put.dead(sessions(FORGED + 7));
  expect(await books()).not.toEqual(before);
  await asked(4);
  expect(await foreign()).toEqual([{ sequence: FORGED }, { sequence: FORGED + 7 }]);
  expect(await books()).toEqual(before);
  await asked(4);
  expect(await books()).toEqual(before);
});

test('what is missing below it is still missing, and what the outbox accepted is never foreign', async () => {
  await put.whole(sessions(1, 3, 5));
  await put.whole(sessions(FORGED));
  await asked(5);
  const { audit } = await books();
  expect(audit).toMatchObject([
    { kind: '*', expected: 5, stored: 3, missing: 2, is_balanced: false },
    { kind: 'session', expected: 3, missing: 0, is_balanced: true },
  ]);
  expect(await foreign()).toEqual([{ sequence: FORGED }]);
});

test('what was accepted between the two questions is not foreign, the forged number beside it is', async () => {
  await put.whole(sessions(1, 2, 3, FORGED));
  await asked(1, 3);
  expect(await foreign()).toEqual([{ sequence: FORGED }]);
});

test('it is foreign no more once its rows are gone, or once its outbox has come so far', async () => {
  await put.whole(sessions(1, 2, 9, FORGED));
  await asked(2);
  expect(await foreign()).toEqual([{ sequence: 9 }, { sequence: FORGED }]);
  await asked(9);
  expect(await foreign()).toEqual([{ sequence: FORGED }]);
  await database.client.command({
    query: 'ALTER TABLE events_rows DELETE WHERE app_id = {app:String} AND sequence = 999999',
    query_params: { app },
    clickhouse_settings: { mutations_sync: '2' },
  });
  await asked(9);
  expect(await foreign()).toEqual([]);
});

test('nothing is foreign of an outbox that does not answer, or that lost its storage', {
  tags: 'long',
}, async () => {
  await put.whole(sessions(1, 2, 3, 4, 5));
  const before = await books();
  await asked();
  await asked(1);
  await asked(0);
  expect(await foreign()).toEqual([]);
  expect(await books()).toEqual(before);
});
