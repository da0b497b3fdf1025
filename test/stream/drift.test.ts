import { createHash } from 'node:crypto';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, test } from 'vitest';
import { type AdvisedDrift, readDrift } from '../../consumer/stream/drift/drift.ts';
import { fieldsOf } from '../../consumer/stream/drift/fields.ts';
import { look } from '../../consumer/stream/drift/look.ts';
import { DriftMetrics } from '../../consumer/watch/drift.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { sample } from '../consumer/events.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/programs.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let database: Database;
let sequence = 0;
beforeEach(async () => {
  database = await freshDatabase();
});

type Body = JsonObject | string;

/** Stores so many events, received so long ago. @returns their ids */
async function store(kind: string, hoursAgo: number, bodies: readonly Body[]): Promise<string[]> {
  const at = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString().replace('T', ' ').replace('Z', '');
  const values = bodies.map((body) => ({
    outbox: 'demo/0',
    sequence: ++sequence,
    event_id: createHash('sha256').update(String(sequence)).digest('hex').slice(0, 32),
    app_id: 'demo',
    kind,
    occurred_at: at,
    received_at: at,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    topic: `qiscus.${kind}`,
    partition: 0,
    offset: sequence,
  }));
  await database.client.insert({ table: 'events_rows', values, format: 'JSONEachRow' });
  return values.map(({ event_id }) => event_id);
}

const times = (count: number, body: Body): Body[] => Array.from({ length: count }, () => body);
const lookAtAll = (most = 5_000) =>
  look(database.client, { fromMs: Date.now() - 60 * HOUR_MS, firstMs: DAY_MS, most, nowMs: Date.now() });
const found = () => readDrift(database.client, {});
const told = (drift: readonly AdvisedDrift[]) =>
  drift.map(({ kind, drift, path }) => `${kind} ${drift} ${path}`).sort();

const SESSION = JSON.parse(sample('session')) as JsonObject & {
  payload: { room: JsonObject; from?: JsonObject };
};

describe('what is not as it was', () => {
  test('is named by kind and field, with its times, counts and an example, and what would admit it', async () => {
    await store('session', 40, times(40, SESSION));
    const renamed = structuredClone(SESSION);
    delete renamed.payload.from;
    Object.assign(renamed.payload, { sender: { blocked: true } });
    Object.assign(renamed.payload.room, { id: 17, name: null });
    const ids = await store('session', 5, times(30, renamed));
    await lookAtAll();
    const drift = await found();
    expect(told(drift)).toEqual([
      'session gone payload.from',
      'session gone payload.room.id',
      'session gone payload.room.name',
      'session new key payload.sender',
      'session new type payload.room.id',
      'session new type payload.room.name',
    ]);
    const of = (what: string, path: string) =>
      drift.find((each) => each.drift === what && each.path === path);
    expect(of('new type', 'payload.room.id')).toMatchObject({
      types: ['number'],
      events: 30,
      events_of_kind: 70,
      advice: "schemas/session.ts, in payload.room: 'id': allow 'number' as well",
    });
    expect(ids).toContain(of('new key', 'payload.sender')?.example_event_id);
    expect(of('new key', 'payload.sender')?.advice).toBe(
      "kept, and in no table. To use it: schemas/session.ts, in payload: 'sender?': 'object'",
    );
    const gone = of('gone', 'payload.from');
    expect(Date.now() - Date.parse(gone?.last_at ?? '')).toBeGreaterThan(39 * HOUR_MS);
    expect(gone?.since).toBe(gone?.last_at);
  });

  test('is nothing where all is as before, and what is rarely there is not missed', async () => {
    const rare = { ...SESSION, room_badge: 'x' };
    await store('session', 10, [...times(40, SESSION), rare]);
    await store('session', 5, times(100, SESSION));
    await lookAtAll();
    expect(await found()).toEqual([]);
  });

  test('includes why events are not recognized, and says when today’s code admits them', async () => {
    const broken = structuredClone(SESSION);
    Object.assign(broken.payload.room, { id: { nested: 'secret' } });
    const [id] = await store('unrecognized', 3, [broken]);
    const [admitted] = await store('unrecognized', 2, [{ webhook: 'of no kind' }]);
    await lookAtAll();
    const drift = await found();
    expect(told(drift)).toEqual(['session problem payload.room.id', 'unrecognized problem ']);
    const problem = drift.find(({ kind }) => kind === 'session');
    expect(problem).toMatchObject({ events: 1, example_event_id: id });
    expect(problem?.types[0]).toMatch(/^must be /);
    expect(problem?.advice).toContain(`schemas/session.ts, in payload.room: 'id': admit what ${id} has`);
    expect(JSON.stringify(drift)).not.toContain('secret');
    // As if the schema had been mended since.
    await database.client.command({
      query: `ALTER TABLE events_rows UPDATE payload = {payload:String} WHERE event_id IN ({id:String}, {other:String}) SETTINGS mutations_sync = 1`,
      query_params: { payload: sample('session'), id: id ?? '', other: admitted ?? '' },
    });
    for (const { advice } of await found())
      expect(advice).toContain('npm run rebuild -- --unrecognized --apply');
  });
});

test('what stays away for a night, or comes and goes with the object that it is in, is no change of its own', async () => {
  const assigned = { candidate_agent: { id: 1, name: 'Ani', rules: ['x'] } };
  await store('allocation', 50, times(40, { candidate_agent: null }));
  await store('allocation', 30, times(40, assigned));
  await store('allocation', 10, times(100, { candidate_agent: null }));
  await lookAtAll();
  expect(told(await found())).toEqual(['allocation new type candidate_agent']);
  await store('allocation', 1, times(40, { candidate_agent: null }));
  await lookAtAll();
  expect(told(await found())).toEqual([
    'allocation gone candidate_agent',
    'allocation new type candidate_agent',
  ]);
});

test('looking again, and two at once, count nothing twice', async () => {
  await store('session', 10, times(40, SESSION));
  await store('session', 5, times(30, { ...SESSION, added: 1 }));
  await Promise.all([lookAtAll(), lookAtAll()]);
  await lookAtAll();
  const [added, ...others] = await found();
  expect(others).toEqual([]);
  expect(added).toMatchObject({ path: 'added', events: 30, events_of_kind: 70 });
});

test('a look goes on where the last one ended, and takes a bounded sample of what there is', async () => {
  await store('session', 3, times(200, SESSION));
  expect(await lookAtAll(50)).toBe(50);
  await store('session', 0, times(3, SESSION));
  const since = { firstMs: DAY_MS, most: 5_000, nowMs: Date.now() + 1_000 };
  expect(await look(database.client, since)).toBeLessThan(204);
  expect(await look(database.client, since)).toBe(3);
});

test('whatever payloads hold, the fields that are told apart are bounded, and said to be', async () => {
  await store('message', 10, times(25, { type: 'a' }));
  const made = Array.from({ length: 60 }, (_, i) => ({
    ...Object.fromEntries(
      Array.from({ length: 50 }, (_, j) => [
        `k${String.fromCharCode(97 + (i % 26))}${'x'.repeat(Math.floor(i / 26))}${'y'.repeat(j % 30)}${j > 29 ? 'z' : ''}`,
        j,
      ]),
    ),
  }));
  await store('message', 5, [
    ...made,
    '{"broken',
    '[1]',
    'null',
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    `{"a":"${'x'.repeat(100_000)}"}`,
  ]);
  await lookAtAll();
  const [{ paths } = { paths: 0 }] = await database.rows<{ paths: number }>(
    "SELECT uniqExact(path) AS paths FROM payload_paths WHERE kind = 'message'",
  );
  expect(Number(paths)).toBeGreaterThan(900);
  expect(Number(paths)).toBeLessThanOrEqual(1_001);
  expect((await found()).some(({ path }) => path === '…')).toBe(true);
});

test('names that are data are one field', () => {
  const paths = (body: JsonObject) => [...fieldsOf(body).keys()];
  expect(paths({ users: { '1234': { name: 'x' }, 'ani@example.com': { name: 'x' } } })).toEqual([
    '',
    'users',
    'users.*',
    'users.*.name',
  ]);
  expect(
    paths({
      words: Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`w${'x'.repeat(i % 30)}${'y'.repeat(i / 30)}`, i]),
      ),
    }),
  ).toEqual(['', 'words', 'words.*']);
  expect(paths({ tags: [{ id: 1 }, { name: 'x' }], 'a.b': null, extras: '{"x":[1]}' })).toEqual([
    '',
    'tags',
    'tags[]',
    'tags[].id',
    'tags[].name',
    '"a.b"',
    'extras',
    'extras{}.x',
    'extras{}.x[]',
  ]);
});

test('a metric rises when something is new, and says when it was looked', async () => {
  await store('session', 10, times(40, SESSION));
  const registry = new Registry();
  const clock = { ms: 0 };
  const metrics = new DriftMetrics(database.client, registry, () => clock.ms);
  metrics.refresh();
  await metrics.idle();
  expect(await registry.metrics()).toContain('qiscus_payload_drift{drift="new key"} 0');
  await store('session', 0, times(2, { ...SESSION, added: 1 }));
  metrics.refresh();
  await metrics.idle();
  expect(await registry.metrics()).toContain('qiscus_payload_drift{drift="new key"} 0');
  clock.ms += 60_001;
  await eventually(async () => {
    metrics.refresh();
    await metrics.idle();
    expect(await registry.metrics()).toContain('qiscus_payload_drift{drift="new key"} 1');
    clock.ms += 60_001;
  });
  expect(await registry.metrics()).toContain('qiscus_payload_drift_failures_total 0');
  expect(await registry.metrics()).not.toContain('qiscus_payload_drift_timestamp_seconds 0');
});

test('npm run drift prints it, for people and for programs', async () => {
  await store('session', 10, times(40, SESSION));
  await store('session', 5, times(30, { ...SESSION, 'added\u001b[2J': 1 }));
  const settings = { CLICKHOUSE_URL: database.url };
  const { stdout } = await runScript('consumer/stream/drift/main.ts', settings);
  expect(stdout).toMatch(/^Looked at 70 events\./);
  expect(stdout).toMatch(/session +new key +"added\\u001b\[2J"/);
  expect(stdout).toContain('What admits it:');
  expect(stdout).not.toContain('\u001b');
  const { stdout: json } = await runScript('consumer/stream/drift/main.ts', settings, [
    '--json',
    '--kind',
    'session',
  ]);
  expect(JSON.parse(json)).toMatchObject({ drift: [{ kind: 'session', drift: 'new key' }] });
});
