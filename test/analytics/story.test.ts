import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { runQuery } from '../../consumer/analytics/report/run.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { ask, queryNamed } from './ask.ts';
import { event, insert, type Row, resolution, session, utc } from './rows.ts';
import { type Happening, type Kind, storyOf } from './story-oracle.ts';

const START_MS = Date.UTC(2026, 9, 31, 22);
const PERIOD = { from: new Date(START_MS - 3_600_000), to: new Date(START_MS + 86_400_000), tz: 'UTC' };
const KINDS: readonly Kind[] = ['session', 'resolution', 'message', 'reply', 'allocation', 'click'];
const TABLES: Readonly<Record<Kind, string>> = {
  session: 'sessions',
  resolution: 'resolutions',
  message: 'messages',
  reply: 'messages',
  allocation: 'allocations',
  click: 'button_clicks',
};
const RUNS = 6;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

/** Few instants, so that events of all kinds meet; over a month's end. */
const history = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      at: fc.oneof(
        fc.integer({ min: 0, max: 8 }).map((hours) => START_MS + hours * 1_800_000),
        fc.integer({ min: 0, max: 10_000_000 }).map((ms) => START_MS + ms),
      ),
    }),
    { maxLength: 30, size: 'max' },
  )
  .map((steps) =>
    steps.map((step, sequence) => ({ ...step, sequence, id: String(sequence).padStart(3, '0') })),
  );

function row({ kind, at, sequence, id }: Happening, room: string): Row {
  const time = utc(at);
  const more = { event_id: `${room} ${id}`, sequence };
  if (kind === 'session') return session(room, time, more);
  if (kind === 'resolution') return resolution(room, time, more);
  const via = kind === 'reply' ? 'rest' : 'mobile';
  return { ...event('', time), ...more, room_id: room, ...(TABLES[kind] === 'messages' && { via }) };
}

/** In any order, in lots of any size, and some of it twice. */
async function deliver(
  steps: readonly Happening[],
  room: string,
  lotSize: number,
  again: number,
): Promise<void> {
  const sent = [...steps.toReversed(), ...steps.slice(0, again)];
  for (let i = 0; i < sent.length; i += lotSize) {
    const lots = Map.groupBy(sent.slice(i, i + lotSize), ({ kind }) => TABLES[kind]);
    for (const [table, lot] of lots)
      await insert(
        database,
        table,
        lot.map((step) => row(step, room)),
      );
  }
}

let run = 0;

test('whatever happened in a room, in whatever order it came, its story says what walking through it says', {
  tags: 'long',
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 10, max: 30 }), fc.nat(20), async (steps, lotSize, again) => {
      const room = `room ${++run}`;
      await deliver(steps, room, lotSize, again);
      // Its neighbour must not be in it.
      await insert(database, 'messages', [
        row({ kind: 'message', at: START_MS, sequence: 1, id: 'x' }, `${room} x`),
      ]);
      const told = await ask(database, 'room-story', { ...PERIOD, app: 'demo', room });
      const columns = Object.keys(storyOf([{ kind: 'session', at: 0, sequence: 0, id: '' }])[0] ?? {});
      const answered = told.map((one) => Object.fromEntries(columns.map((column) => [column, one[column]])));
      const wanted = storyOf(steps).map((one) => ({ ...one, event_id: `${room} ${one.event_id}` }));
      expect(answered).toEqual(wanted);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

describe('a room with a hundred thousand messages', () => {
  const MESSAGES = 100_000;
  beforeAll(async () => {
    await database.client.command({
      query: `INSERT INTO messages_rows (event_id, app_id, occurred_at, received_at, sequence, room_id, via, text)
        SELECT toString(number), 'demo', toDateTime64('2026-10-31 22:00:00', 3, 'UTC') + toIntervalMillisecond(number * 500) AS at,
          at, number, 'crowded', if(number % 5 = 0, 'rest', 'mobile'), repeat('lorem ipsum ', 50)
        FROM numbers(${MESSAGES})`,
    });
  });

  test('answers page by page, and says of each that it is cut; gaps go across pages', async () => {
    const values = { ...PERIOD, app: 'demo', room: 'crowded', limit: 500 };
    const first = await runQuery(database.client, queryNamed('room-story'), values);
    expect(first.page).toMatchObject({ total: MESSAGES, isTruncated: true });
    const last = await ask(database, 'room-story', { ...values, offset: MESSAGES - 500 });
    const ids = Array.from({ length: 500 }, (_, i) => MESSAGES - 500 + i);
    expect(last.map(({ event_id }) => Number(event_id))).toEqual(ids);
    expect(last[0]).toMatchObject({ gap_seconds: 0, waited: 'customer', waited_seconds: 2 });
  });
});

test('a message of 100 kB ends in …, and its payload is found whole by its id and the minute of its coming', async () => {
  const at = '2026-10-31 23:00:00.000';
  const payload = JSON.stringify({ text: '🙂'.repeat(25_000) });
  await insert(database, 'messages', [
    { ...event('long', at), room_id: 'long', via: 'mobile', text: '🙂'.repeat(25_000) },
  ]);
  const stored = { ...event('long', at), kind: 'message', payload };
  await insert(database, 'events', [stored, stored, { ...stored, event_id: 'other', sequence: 2 }]);
  const [told] = await ask(database, 'room-story', { ...PERIOD, app: 'demo', room: 'long' });
  expect(told?.text).toBe(`${'🙂'.repeat(499)}…`);
  const minute = { from: new Date('2026-10-31T23:00:00Z'), to: new Date('2026-10-31T23:01:00Z'), tz: 'UTC' };
  expect(await ask(database, 'event-payload', { ...minute, event: 'long' })).toMatchObject([
    { payload, kind: 'message' },
  ]);
  expect(await ask(database, 'event-payload', { ...minute, event: 'long', app: 'shop' })).toEqual([]);
});

test("odd ids are ids: quotes, percent signs, control characters, another app's room", async () => {
  const odd = `'; DROP TABLE sessions_rows -- % \\ \t\n\u0001 \u202e 🙂`;
  await insert(database, 'sessions', [
    session('odd', utc(START_MS), { room_id: odd, customer_id: odd, event_id: 'odd' }),
    session('odd', utc(START_MS), { room_id: odd, app_id: 'shop', event_id: 'of shop' }),
  ]);
  const ids = async (name: string, values: object) =>
    (await ask(database, name, { ...PERIOD, app: 'demo', ...values })).map(({ event_id }) => event_id);
  expect(await ids('room-story', { room: odd })).toEqual(['odd']);
  expect(await ids('customer-day', { customer: odd })).toEqual(['odd']);
  expect(await ids('agent-day', { agent: odd })).toEqual([]);
});
