import { beforeEach, expect, test } from 'vitest';
import type { StreamEvent } from '../../schemas/event.ts';
import { identify } from '../../schemas/identify.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { occurredAt, recognize } from '../../schemas/recognize.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { runScript } from '../support/programs.ts';
import { byHand } from './by-hand.ts';
import { event, RECEIVED_MS, sample } from './events.ts';

const VIEWS = [
  'events',
  'sessions',
  'resolutions',
  'messages',
  'allocations',
  'button_clicks',
  'agent_logouts',
];
const MINUTE_MS = 60_000;

let database: Database;
let put: ReturnType<typeof byHand>;
beforeEach(async () => {
  database = await freshDatabase();
  put = byHand(database);
});

/** An event that nobody recognized when it came. */
const unknown = (payload: string, sequence: number, changes: Partial<StreamEvent> = {}) =>
  event('unrecognized', payload, sequence, {
    receivedMs: RECEIVED_MS + sequence * MINUTE_MS,
    occurredMs: RECEIVED_MS + sequence * MINUTE_MS,
    ...changes,
  });

/** A sample with members of an object in it set, such as ids, which the vendor's page leaves empty. */
function named(name: string, path: readonly string[], members: JsonObject): string {
  const body = JSON.parse(sample(name)) as JsonObject;
  const inner = path.reduce((each, key) => each[key] as JsonObject, body);
  Object.assign(inner, members);
  return JSON.stringify(body);
}

/** The event that the edge would make of a body today. */
function known(payload: string, sequence: number, receivedMs: number): StreamEvent {
  const recognized = recognize(JSON.parse(payload));
  const { id } = identify({ app: 'demo', recognized, body: payload, receivedMs });
  return event(recognized.kind, payload, sequence, {
    id,
    receivedMs,
    occurredMs: occurredAt(recognized, receivedMs),
  });
}

async function rebuild(...args: string[]) {
  const settings = { CLICKHOUSE_URL: database.url };
  const command = ['--unrecognized', '--json', ...args];
  const { stdout } = await runScript('consumer/books/rebuild/main.ts', settings, command);
  return JSON.parse(stdout);
}

/** Every row that anybody counts. */
const contents = () =>
  Promise.all(VIEWS.map((view) => database.rows(`SELECT * FROM ${view} ORDER BY outbox, sequence`)));

/** Entries of the books that do not balance. */
const wrong = () =>
  database.rows('SELECT outbox, kind, missing, unexpected FROM audit WHERE NOT is_balanced');

const merge = () => database.client.command({ query: 'OPTIMIZE TABLE events_rows FINAL' });

test("what today's code recognizes becomes a fact, once, with its own id, receipt and place; without --apply nothing changes", {
  tags: 'long',
}, async () => {
  const [session, resolution] = [sample('session'), sample('resolution')];
  const facts = [
    unknown(session, 1, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, chain: 'c'.repeat(64) }),
    unknown(sample('message'), 2),
    unknown(sample('custom-button'), 3),
    unknown(resolution, 4, { outbox: 'demo/1', sequence: 1, id: '4'.repeat(32) }),
  ];
  await put.whole([...facts, unknown('{"unknown":1}', 4)]);
  const before = await contents();
  const dry = await rebuild();
  expect(dry).toMatchObject({
    events: 5,
    facts: { session: 1, message: 1, 'custom-button': 1, resolution: 1 },
    redeliveries: {},
    stillUnrecognized: 1,
    isApplied: false,
  });
  expect(dry.samples).toContainEqual(
    expect.objectContaining({ kind: 'session', event_id: facts[0]?.id, before: null }),
  );
  expect(await contents()).toEqual(before);

  expect(await rebuild('--apply')).toMatchObject({ ...dry, samples: dry.samples, isApplied: true });
  for (const { id, kind, view } of [
    { ...facts[0], kind: 'session', view: 'sessions' },
    { ...facts[1], kind: 'message', view: 'messages' },
    { ...facts[2], kind: 'custom-button', view: 'button_clicks' },
    { ...facts[3], kind: 'resolution', view: 'resolutions' },
  ]) {
    const place = 'event_id, outbox, sequence, received_at, occurred_at';
    const rows = await database.rows(`SELECT ${place} FROM ${view}`);
    expect(rows).toHaveLength(1);
    expect(await database.rows(`SELECT ${place} FROM events WHERE kind = '${kind}'`)).toEqual(rows);
    expect(rows[0]).toMatchObject({ event_id: id });
  }
  expect(await database.rows("SELECT chain, trace_id FROM events WHERE kind = 'session'")).toEqual([
    { chain: 'c'.repeat(64), trace_id: 'a'.repeat(32) },
  ]);
  // The session tells its time itself, as it would have at the edge.
  const occurredMs = occurredAt(recognize(JSON.parse(session) as JsonObject), facts[0]?.receivedMs ?? 0);
  expect(occurredMs).not.toBe(facts[0]?.receivedMs);
  expect(await database.rows('SELECT toUnixTimestamp64Milli(occurred_at) AS ms FROM sessions')).toEqual([
    { ms: occurredMs },
  ]);
  expect(await wrong()).toEqual([]);
  await merge();
  expect(await wrong()).toEqual([]);
  const after = await contents();
  expect(await rebuild('--apply')).toMatchObject({ events: 1, facts: {}, stillUnrecognized: 1 });
  expect(await contents()).toEqual(after);
});

test('a redelivery of an event that is counted already is left as it is, and said to be one, in every later run too', {
  tags: 'long',
}, async () => {
  const message = named('message', ['payload', 'message'], { unique_temp_id: 'aB3xSz54pq' });
  const resolution = named('resolution', ['service'], { id: 78906598, last_comment_id: 1700000099 });
  const counted = known(resolution, 1, RECEIVED_MS);
  const late = unknown(resolution, 2);
  const [first, second, third] = [unknown(message, 3), unknown(message, 4), unknown(message, 5)];
  await put.whole([counted, late, third, second, first]);
  const inPlace = ({ id, outbox, sequence }: StreamEvent) =>
    expect.objectContaining({ event_id: id, outbox, sequence });
  const found = await rebuild('--apply');
  expect(found).toMatchObject({ facts: { message: 1 }, redeliveries: { message: 2, resolution: 1 } });
  expect(found.redeliverySamples).toEqual([
    { kind: 'resolution', event: inPlace(late), countedAs: inPlace(counted) },
    { kind: 'message', event: inPlace(second), countedAs: inPlace(first) },
    { kind: 'message', event: inPlace(third), countedAs: inPlace(first) },
  ]);
  const again = await rebuild('--apply');
  expect(again).toMatchObject({ facts: {}, redeliveries: { message: 2, resolution: 1 } });
  expect(again.redeliverySamples).toEqual(found.redeliverySamples);
  expect(await database.rows('SELECT event_id FROM messages')).toEqual([{ event_id: first.id }]);
  expect(await database.rows('SELECT event_id FROM resolutions')).toEqual([{ event_id: counted.id }]);
  expect(await wrong()).toEqual([]);
});

test('without a natural identity, an immediate retry of an event that is counted is a redelivery, and a later repeat is not', {
  tags: 'long',
}, async () => {
  const allocation = sample('allocation');
  const counted = known(allocation, 1, RECEIVED_MS);
  const retry = unknown(allocation, 2, { receivedMs: RECEIVED_MS + 6_000 });
  const repeat = unknown(allocation, 3, { receivedMs: RECEIVED_MS + 60_000 });
  await put.whole([counted, retry, repeat]);
  expect(await rebuild('--apply')).toMatchObject({
    facts: { allocation: 1 },
    redeliveries: { allocation: 1 },
  });
  const rows = await database.rows('SELECT event_id FROM allocations ORDER BY sequence');
  expect(rows).toEqual([{ event_id: counted.id }, { event_id: repeat.id }]);
});

test('killed between a fact and its event, and run again, it has lost and doubled nothing', {
  tags: 'long',
}, async () => {
  await put.whole([unknown(sample('message'), 1), unknown(sample('session'), 2)]);
  const died = 'ALTER TABLE events_rows ADD CONSTRAINT died CHECK sequence = 0';
  await database.client.command({ query: died });
  await expect(rebuild('--apply')).rejects.toThrow();
  // One fact stands by now, and the books name it.
  const [sum] = await database.rows<{ n: number }>(
    'SELECT (SELECT count() FROM messages) + (SELECT count() FROM sessions) AS n',
  );
  expect(sum).toEqual({ n: 1 });
  expect(await wrong()).toMatchObject([{ unexpected: 1, missing: 0 }]);
  await database.client.command({ query: 'ALTER TABLE events_rows DROP CONSTRAINT died' });
  expect(await rebuild('--apply')).toMatchObject({ facts: { message: 1, session: 1 } });
  expect(await wrong()).toEqual([]);
  expect(await database.rows('SELECT count() AS n FROM events')).toEqual([{ n: 2 }]);
  for (const view of ['messages', 'sessions']) {
    expect(await database.rows(`SELECT count() AS n FROM ${view}`)).toEqual([{ n: 1 }]);
  }
});

test('a fact of an earlier run that is delivered again, under its natural id, is taken back, and the event counts once', {
  tags: 'long',
}, async () => {
  const body = named('message', ['payload', 'message'], { unique_temp_id: 'aB3xSz54pq' });
  const came = unknown(body, 1);
  await put.whole([came]);
  await rebuild('--apply');
  const again = known(body, 2, RECEIVED_MS + 60 * MINUTE_MS);
  await put.whole([again]);
  expect(await database.rows('SELECT count() AS n FROM messages')).toEqual([{ n: 2 }]);
  expect(await rebuild()).toMatchObject({ facts: {}, withdrawn: { message: 1 }, isApplied: false });
  expect(await database.rows('SELECT count() AS n FROM messages')).toEqual([{ n: 2 }]);
  const died = `ALTER TABLE events_rows ADD CONSTRAINT died CHECK kind != 'unrecognized'`;
  await database.client.command({ query: died });
  await expect(rebuild('--apply')).rejects.toThrow();
  await database.client.command({ query: 'ALTER TABLE events_rows DROP CONSTRAINT died' });
  expect(await rebuild('--apply')).toMatchObject({ withdrawn: { message: 1 } });
  expect(await database.rows('SELECT event_id FROM messages')).toEqual([{ event_id: again.id }]);
  expect(await wrong()).toEqual([]);
  expect(await rebuild('--apply')).toMatchObject({ facts: {}, withdrawn: {}, redeliveries: { message: 1 } });
});

test('what came back as it was, when its topic was read again, is made a fact again, and counts once', {
  tags: 'long',
}, async () => {
  const one = unknown(sample('message'), 1);
  await put.whole([one]);
  await rebuild('--apply');
  await put.whole([one]);
  expect(await rebuild('--apply')).toMatchObject({ events: 1, facts: { message: 1 }, redeliveries: {} });
  await merge();
  expect(await database.rows('SELECT kind FROM events')).toEqual([{ kind: 'message' }]);
  expect(await database.rows('SELECT count() AS n FROM messages')).toEqual([{ n: 1 }]);
  expect(await wrong()).toEqual([]);
});

test('of a period and an app, only those events are looked at; what cannot be stored is told and stays', {
  tags: 'long',
}, async () => {
  const day = (days: number) => ({ receivedMs: RECEIVED_MS + days * 24 * 60 * MINUTE_MS });
  await put.whole([
    unknown(sample('message'), 1, day(0)),
    unknown(sample('session'), 2, day(1)),
    unknown(sample('custom-button'), 1, { ...day(1), app: 'other', outbox: 'other/0' }),
    unknown('no JSON at all', 3, day(1)),
  ]);
  const scope = ['--from', '2026-03-05', '--to', '2026-03-06T00:00:00Z', '--app', 'demo'];
  const refuse = 'ALTER TABLE sessions_rows ADD CONSTRAINT fits CHECK sequence = 0';
  await database.client.command({ query: refuse });
  expect(await rebuild(...scope, '--apply')).toMatchObject({
    events: 2,
    facts: { session: 0 },
    refused: { 'the table refuses the row: 469 VIOLATED_CONSTRAINT': 1 },
    stillUnrecognized: 1,
  });
  const kinds = await database.rows('SELECT DISTINCT kind FROM events');
  expect(kinds).toEqual([{ kind: 'unrecognized' }]);
});
