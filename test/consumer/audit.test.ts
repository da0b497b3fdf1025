import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const SECOND_MS = 1_000;
const NO_REPEATS = { dismissed: 0, repeated: 0, repeated_sequences: [], counted_twice: 0 };
const BALANCED = { missing: 0, missing_sequences: [], unexpected: 0, ...NO_REPEATS, is_balanced: true };

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

/** One event a second for these sequence numbers, in the first outbox of the test's app: sessions, or another kind. */
function events(sequences: readonly number[], changes: Partial<StreamEvent> = {}): StreamEvent[] {
  const kind: Kind = changes.kind ?? 'session';
  return sequences.map((sequence) => {
    const receivedMs = RECEIVED_MS + sequence * SECOND_MS;
    const outbox = changes.outbox ?? `${changes.app ?? app}/0`;
    const id = createHash('md5').update(`${outbox} ${kind} ${sequence}`).digest('hex');
    return event(kind, sample(kind), sequence, { app, id, receivedMs, ...changes, outbox });
  });
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const at = (sequence: number) =>
  new Date(RECEIVED_MS + sequence * SECOND_MS).toISOString().replace('T', ' ').replace('Z', '');

/** The entry of a kind (or `*`) in the view `audit`. */
async function entry(kind: Kind | '*', outbox = `${app}/0`) {
  const query =
    'SELECT * EXCEPT (app_id, outbox, kind) FROM audit WHERE outbox = {outbox:String} AND kind = {kind:String}';
  const rows = await database.rows<typeof BALANCED>(query, { outbox, kind });
  expect(rows, `one entry for ${outbox} ${kind}`).toHaveLength(1);
  return rows[0];
}

/** The test's app in the view `completeness`, and another one. */
const completeness = (other = '') =>
  database.rows('SELECT * FROM completeness WHERE app_id IN {apps:Array(String)} ORDER BY app_id', {
    apps: [app, other],
  });
const gap = (first: number, last = first) => ({ first, last });

describe('the books balance', () => {
  test('when every event stands, in any number of copies, merged or not', async () => {
    await put.whole([...events(range(1, 5)), ...events([6, 7], { kind: 'message' })]);
    await put.whole(events([2, 3, 5]));
    await put.whole(events([2]));
    expect(await entry('*')).toEqual({ expected: 7, stored: 7, dead_letters: 0, ...BALANCED });
    expect(await entry('session')).toEqual({ expected: 5, stored: 5, dead_letters: 0, ...BALANCED });
    expect(await entry('message')).toEqual({ expected: 2, stored: 2, dead_letters: 0, ...BALANCED });
    expect(await completeness()).toEqual([
      {
        app_id: app,
        complete_until: at(7),
        events: 7,
        missing: 0,
        dead_letters: 0,
        newest_received_at: at(7),
      },
    ]);
  });

  test('with an event that nobody recognizes, which stands in events alone', async () => {
    await put.whole([event('unrecognized', '{"a":1}', 1, { app, outbox: `${app}/0` })]);
    expect(await entry('unrecognized')).toEqual({ expected: 1, stored: 1, dead_letters: 0, ...BALANCED });
  });

  test('with what waits as an open dead letter, in both entries, and without it once it stands', async () => {
    await put.whole(events([1, 3]));
    await put.withoutFacts(events([4]));
    await put.dead(events([2, 4]));
    expect(await entry('*')).toEqual({ expected: 4, stored: 3, dead_letters: 1, ...BALANCED });
    expect(await entry('session')).toEqual({ expected: 3, stored: 2, dead_letters: 1, ...BALANCED });
    expect(await completeness()).toMatchObject([{ complete_until: at(4), missing: 0, dead_letters: 1 }]);
    await put.whole(events([2, 4]));
    expect(await entry('*')).toEqual({ expected: 4, stored: 4, dead_letters: 0, ...BALANCED });
    expect(await entry('session')).toEqual({ expected: 4, stored: 4, dead_letters: 0, ...BALANCED });
  });
});

describe('what is missing is named', () => {
  test('at the start, in the middle and at the edge of what is counted together, and ends what is complete', async () => {
    const first = events([...range(3, 5), ...range(8, 9)]);
    const later = events([65_535, 65_536, 131_071]);
    await put.whole([...first, ...later]);
    const missing_sequences = [gap(1, 2), gap(6, 7), gap(10, 65_534), gap(65_537, 131_070)];
    expect(await entry('*')).toMatchObject({
      expected: 131_071,
      stored: 8,
      missing: 131_063,
      missing_sequences,
      is_balanced: false,
    });
    expect(await entry('session')).toMatchObject(BALANCED);
    expect(await completeness()).toMatchObject([{ complete_until: null, events: 8, missing: 131_063 }]);
    await put.whole(events([1, 2]));
    expect(await completeness()).toMatchObject([{ complete_until: at(5) }]);
    await put.dead(events([6]));
    expect(await completeness()).toMatchObject([{ complete_until: at(6), dead_letters: 1 }]);
    await put.whole(events([6, 7]));
    expect(await completeness()).toMatchObject([{ complete_until: at(9), dead_letters: 0 }]);
  });

  test('when an event is not in the table of its kind, and when a row of that table has no event', async () => {
    await put.whole(events([5, 1]));
    await put.withoutFacts(events([3, 2]));
    await put.factsAlone(events([4]));
    expect(await entry('session')).toMatchObject({
      expected: 4,
      stored: 2,
      missing: 2,
      missing_sequences: [gap(2, 3)],
      unexpected: 1,
      is_balanced: false,
    });
    expect(await entry('*')).toMatchObject({ missing: 1, missing_sequences: [gap(4)] });
  });

  test('of an import by the earlier of the times around the gap, whatever their order', async () => {
    const [early, late] = [events([1])[0], events([3])[0]];
    if (early === undefined || late === undefined) throw new Error('no events');
    await put.whole([{ ...early, receivedMs: RECEIVED_MS + 9 * SECOND_MS }, late]);
    expect(await completeness()).toMatchObject([{ complete_until: at(3), newest_received_at: at(9) }]);
  });
});

test('apps and outboxes are apart: a gap in one is none in another, and an app is as complete as its worst outbox', async () => {
  await put.whole(events(range(1, 4)));
  await put.whole(events([1, 3], { outbox: `${app}/1` }));
  await put.whole(events([1, 2], { app: 'other' }));
  expect(await entry('*')).toMatchObject(BALANCED);
  expect(await entry('*', `${app}/1`)).toMatchObject({ missing: 1, missing_sequences: [gap(2)] });
  expect(await completeness('other')).toMatchObject([
    { app_id: app, complete_until: at(1), events: 6, missing: 1, newest_received_at: at(4) },
    { app_id: 'other', complete_until: at(2), events: 2, missing: 0 },
  ]);
});

test('an outbox that counts from 1 again is told, and each event that shares its number is still looked for', async () => {
  const again = (sequence: number) => events([sequence], { id: `${sequence}`.repeat(32) });
  await put.whole(events([1, 2, 3]));
  await put.whole(again(1));
  await put.withoutFacts(again(2));
  expect(await entry('*')).toMatchObject({
    expected: 3,
    stored: 3,
    missing: 0,
    unexpected: 2,
    is_balanced: false,
  });
  expect(await entry('session')).toMatchObject({
    expected: 5,
    stored: 4,
    missing: 1,
    missing_sequences: [gap(2)],
    unexpected: 0,
    is_balanced: false,
  });
  expect(await completeness()).toMatchObject([{ events: 5, missing: 0 }]);
});

describe('an event that was accepted again', () => {
  /** How the books are, with parts as they were inserted and after all were merged. */
  async function unmergedAndMerged(check: () => Promise<void>): Promise<void> {
    await check();
    for (const table of ['events_rows', 'sessions_rows', 'resolutions_rows']) {
      await database.client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
    }
    await check();
  }

  const HOUR_MS = 3_600_000;
  const later = { receivedMs: RECEIVED_MS + 40 * 24 * HOUR_MS };

  test('after the days of deduplication, or in another outbox, is named and is not missing, merged or not', async () => {
    const [first, ...others] = events(range(1, 3));
    if (first === undefined) throw new Error('no events');
    await put.whole([first, ...others]);
    await put.whole([{ ...first, sequence: 4, ...later }]);
    await put.whole([{ ...first, sequence: 1, outbox: `${app}/1`, receivedMs: first.receivedMs + 1 }]);
    await unmergedAndMerged(async () => {
      expect(await entry('*')).toMatchObject({ ...BALANCED, expected: 4, stored: 4, repeated: 1 });
      expect(await entry('session')).toMatchObject({
        ...BALANCED,
        expected: 4,
        stored: 4,
        repeated: 1,
        repeated_sequences: [gap(4)],
      });
      const other = await entry('session', `${app}/1`);
      expect(other).toMatchObject({ ...BALANCED, expected: 1, repeated: 1, repeated_sequences: [gap(1)] });
    });
    const counted = await database.rows('SELECT count() AS n FROM sessions WHERE app_id = {app:String}', {
      app,
    });
    expect(counted).toEqual([{ n: 3 }]);
  });

  test('is counted twice, and the books do not balance, where the later one has a row of its own', async () => {
    const [first] = events([1], { kind: 'resolution', occurredMs: RECEIVED_MS });
    if (first === undefined) throw new Error('no event');
    await put.whole([first]);
    await put.whole([{ ...first, sequence: 2, occurredMs: later.receivedMs, ...later }]);
    await unmergedAndMerged(async () => {
      expect(await entry('resolution')).toMatchObject({
        ...BALANCED,
        expected: 2,
        stored: 2,
        repeated: 1,
        repeated_sequences: [gap(2)],
        counted_twice: 1,
        is_balanced: false,
      });
    });
    expect(await repeatedEvents()).toEqual([
      {
        event_id: first.id,
        kind: 'resolution',
        places: [
          { outbox: `${app}/0`, sequence: 1 },
          { outbox: `${app}/0`, sequence: 2 },
        ],
        table_rows: 2,
      },
    ]);
  });

  test('waits as one dead letter for both of its places, and is missing at both when it stands nowhere', async () => {
    const [first] = events([1]);
    if (first === undefined) throw new Error('no event');
    const again = { ...first, sequence: 2, ...later };
    await put.withoutFacts([first, again]);
    await unmergedAndMerged(async () => {
      expect(await entry('session')).toMatchObject({ missing: 2, missing_sequences: [gap(1, 2)] });
    });
    await put.dead([again]);
    await unmergedAndMerged(async () => {
      expect(await entry('session')).toMatchObject({ missing: 0, dead_letters: 2, repeated: 1 });
    });
  });

  test('leaves a gap beside it, and a fact that is lost beside it, as missing as they are', async () => {
    const [first] = events([1]);
    if (first === undefined) throw new Error('no event');
    await put.whole([first, { ...first, sequence: 3, ...later }]);
    await put.withoutFacts(events([4]));
    await unmergedAndMerged(async () => {
      expect(await entry('*')).toMatchObject({ missing: 1, missing_sequences: [gap(2)] });
      expect(await entry('session')).toMatchObject({ missing: 1, missing_sequences: [gap(4)], repeated: 1 });
    });
  });

  /** The test's events that were accepted more than once, without their times. */
  const repeatedEvents = () =>
    database.rows(
      `SELECT event_id, kind, table_rows,
          arrayMap(place -> tuple(place.outbox, place.sequence)::Tuple(outbox String, sequence UInt64), places)
            AS places
        FROM repeated_events WHERE app_id = {app:String}`,
      { app },
    );
});

test('an event whose dead letter is dismissed is not missing, and told by itself', async () => {
  await put.whole(events([1]));
  await put.withoutFacts(events([2]));
  await put.dead(events([2, 3, 4]));
  await database.client.command({
    query: `INSERT INTO dead_letter_dismissals
      SELECT id, failed_at, now64(3), 'a test', 'never an event' FROM dead_letters
      WHERE app_id = {app:String} AND id IN {ids:Array(String)}`,
    query_params: { app, ids: events([2, 3]).map(({ id }) => id) },
  });
  const whole = { ...BALANCED, expected: 4, stored: 2, dead_letters: 1, dismissed: 1 };
  expect(await entry('*')).toEqual(whole);
  expect(await entry('session')).toEqual({
    ...BALANCED,
    expected: 2,
    stored: 1,
    dead_letters: 0,
    dismissed: 1,
  });
  expect(await completeness()).toMatchObject([{ missing: 0, dead_letters: 1 }]);
});

test('an app without events has no books', async () => {
  expect(await database.rows('SELECT * FROM audit WHERE app_id = {app:String}', { app })).toEqual([]);
  expect(await completeness()).toEqual([]);
});

test('every column of every view says what it holds', async () => {
  const columns = await database.rows(
    `SELECT table, name FROM system.columns
      WHERE database = currentDatabase() AND comment = ''
        AND table IN ('audit', 'audit_entries', 'completeness', 'dead_letter_dismissals', 'dead_letter_places',
          'dead_letters', 'foreign_places', 'outbox_books', 'repeated_events')`,
  );
  expect(columns).toEqual([]);
});
