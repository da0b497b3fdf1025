import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { deadLetterTopic, eventTopics } from '../../schemas/topics.ts';
import { groupProgress } from '../consumer/events.ts';
import { allCommitted, countOf, startPath } from '../consumer/setup.ts';
import { startConsumer } from '../support/consumer.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { quietKafka } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { post } from '../worker/edge-helpers.ts';
import {
  ADAM,
  AGENT,
  allocation,
  button,
  EVA,
  logout,
  message,
  reply,
  resolution,
  rowsWith,
  SHARED_ROOM,
  session,
  unrecognized,
} from './erase-people.ts';

type Path = Awaited<ReturnType<typeof startPath>> & { readonly worker: TestWorker };

async function startPipeline(env: Record<string, string> = {}): Promise<Path> {
  const path = await startPath();
  const worker = await startWorker({ brokers: path.brokers, topicPrefix: path.prefix, env });
  return { ...path, worker };
}

const settings = ({ prefix, brokers, database, worker, consumer }: Path) => ({
  KAFKA_BROKERS: brokers,
  TOPIC_PREFIX: prefix,
  CONSUMER_GROUP: consumer.group,
  CLICKHOUSE_URL: database.url,
  WORKER_URL: worker.url,
  ADMIN_TOKEN,
});

interface Told {
  readonly is_complete: boolean;
  readonly before: Record<string, number>;
  readonly after: Record<string, number>;
  readonly rooms: number;
  readonly kafka_gone_by: string | null;
}

const ARGS = ['--app', 'demo', '--customer', EVA.id];

async function run(path: Path, script: string, ...args: string[]) {
  const ended = await runScript(script, settings(path), args, 60_000).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
  return { code: ended.code, text: `${ended.stdout}${ended.stderr}`, stdout: ended.stdout };
}

async function erase(path: Path, ...args: string[]) {
  const ended = await run(
    path,
    'operate/erase/main.ts',
    ...(args.includes('--customer') ? [] : ARGS),
    '--json',
    ...args,
  );
  expect(ended.text).not.toContain(EVA.id);
  const told =
    ended.code === 2 ? undefined : (JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '{}') as Told);
  return { ...ended, told };
}

async function send(path: Path, ...bodies: object[]): Promise<void> {
  for (const body of bodies) {
    const { status } = await post(path.worker.webhookUrl, JSON.stringify(body));
    expect(status).toBe(202);
  }
}

/** All that has been accepted has come through. */
async function arrived(path: Path, events: number): Promise<void> {
  await countOf(path.database, 'events', events);
  await allCommitted(path);
}

const everyKind = (of: typeof EVA) => [
  session(of),
  message(of),
  reply(of),
  allocation(of),
  resolution(of),
  button(of),
  unrecognized(of),
];
const VIEWS = [
  'sessions',
  'messages',
  'allocations',
  'resolutions',
  'button_clicks',
  'agent_logouts',
  'events',
];

async function facts({ database }: Path, where: string) {
  const rows = VIEWS.map(async (view) => [
    view,
    await database.rows(`SELECT * FROM ${view} WHERE ${where} ORDER BY sequence, outbox`),
  ]);
  return Object.fromEntries(await Promise.all(rows));
}

/** Everything is read once more from the first offset, by a group that has read nothing. */
async function readAgain(path: Path) {
  await path.consumer.stop();
  const again = await startConsumer({
    topicPrefix: path.prefix,
    brokers: path.brokers,
    clickHouseUrl: path.database.url,
    group: `${path.prefix}again`,
  });
  const topics = [...eventTopics(path.prefix), deadLetterTopic(path.prefix)];
  await eventually(
    async () => expect(await groupProgress(path.brokers, again.group, topics)).toMatchObject({ behind: 0 }),
    { timeoutMs: 30_000 },
  );
  return again;
}

test('of a customer of every kind nothing is left, others stay as they are, the books stay balanced, and no way back brings them back', {
  tags: 'long',
  timeout: 240_000,
}, async () => {
  const path = await startPipeline();
  const { database } = path;
  const mention = message(ADAM, ADAM.room, [EVA]);
  const bodies = [
    ...everyKind(EVA),
    ...everyKind(ADAM),
    message(EVA, SHARED_ROOM),
    message(ADAM, SHARED_ROOM),
    mention,
    logout(),
  ];
  await send(path, ...bodies);
  // The same id as an odd sender might spell it.
  const escaped = JSON.stringify(unrecognized(EVA)).replace(EVA.id, EVA.id.replace('6', '\\u0036'));
  expect((await post(path.worker.webhookUrl, escaped)).status).toBe(202);
  await arrived(path, bodies.length + 1);
  await eventually(async () => expect(Object.keys(await rowsWith(database, EVA)).length).toBe(8));
  const counts = async () =>
    Object.fromEntries(
      await Promise.all(
        VIEWS.map(async (view) => [view, await database.rows(`SELECT count() FROM ${view}`)]),
      ),
    );
  const before = await counts();
  const adams = `customer_id = '${ADAM.id}'`;
  const ofAdam = () =>
    Promise.all(
      ['sessions', 'allocations', 'resolutions', 'button_clicks'].map((view) =>
        database.rows(`SELECT * FROM ${view} WHERE ${adams}`),
      ),
    );
  const adamBefore = await ofAdam();
  const messages = `SELECT * FROM messages WHERE sender_id = '${ADAM.id}' ORDER BY sequence, outbox`;
  const messagesBefore = await database.rows(messages);

  const dry = await erase(path, '--dry-run');
  expect(dry).toMatchObject({ code: 0, told: { is_complete: false, rooms: 1 } });
  expect(dry.told?.before).toEqual(dry.told?.after);
  expect(Object.keys(await rowsWith(database, EVA)).length).toBe(8);

  const done = await erase(path);
  expect(done.text).not.toContain(EVA.name);
  expect(done).toMatchObject({ code: 0, told: { is_complete: true, rooms: 1 } });
  expect(done.told?.before).toEqual({
    events: 10,
    sessions: 1,
    resolutions: 1,
    messages: 3,
    allocations: 1,
    button_clicks: 1,
    room_log: 2,
    kept_timeline: 2,
    dead_letters: 0,
    outboxes: 0,
  });
  expect(new Set(Object.values(done.told?.after ?? { none: 1 }))).toEqual(new Set([0]));
  expect(Date.parse(done.told?.kafka_gone_by ?? '')).toBeGreaterThan(Date.now());

  expect(await rowsWith(database, EVA)).toEqual({});
  expect(await counts()).toEqual(before);
  expect(await ofAdam()).toEqual(adamBefore);
  expect(await database.rows(messages)).toEqual(messagesBefore);
  expect((await run(path, 'consumer/books/audit/main.ts', '--app', 'demo')).code).toBe(0);
  const verified = await run(path, 'consumer/books/audit/main.ts', '--app', 'demo', '--verify', '--json');
  const { chains } = JSON.parse(verified.stdout) as { chains: { erased: number; first_break: unknown }[] };
  expect(chains.reduce((sum, each) => sum + each.erased, 0)).toBe(10);
  expect(chains.every(({ first_break }) => first_break === null)).toBe(true);
  const [resolved] = await database.rows(`SELECT * FROM resolutions WHERE room_id = '${EVA.room}'`);
  expect(resolved).toMatchObject({ agent_email: AGENT.email, customer_id: '', notes: '' });

  const asErased = await facts(path, '1');
  for (const table of [
    'sessions',
    'messages',
    'allocations',
    'resolutions',
    'button_clicks',
    'agent_logouts',
  ]) {
    const rebuilt = await run(path, 'consumer/books/rebuild/main.ts', '--table', table, '--apply', '--json');
    expect(JSON.parse(rebuilt.stdout), table).toMatchObject({
      difference: { added: 0, removed: 0, changed: 0 },
    });
  }
  await run(path, 'consumer/books/rebuild/main.ts', '--unrecognized', '--apply');
  expect(await facts(path, '1')).toEqual(asErased);

  const again = await readAgain(path);
  expect(await rowsWith(database, EVA)).toEqual({});
  expect(await facts(path, '1')).toEqual(asErased);

  const second = await erase({ ...path, consumer: again });
  expect(second).toMatchObject({ code: 0, told: { is_complete: true } });
  expect(new Set(Object.values(second.told?.before ?? { none: 1 }))).toEqual(new Set([0]));

  // What they write from now on is another matter, and is kept.
  await send(path, session(EVA));
  await eventually(async () => expect(Object.keys(await rowsWith(database, EVA)).length).toBe(4));
});

test('dead letters lose the customer too: of events, and of what could not be decoded; sent through again, nobody is back', {
  tags: 'long',
}, async () => {
  const path = await startPipeline();
  const { database } = path;
  await database.client.command({
    query: "ALTER TABLE sessions_rows ADD CONSTRAINT fits CHECK room_id NOT LIKE '4701%'",
  });
  await send(path, session(EVA), session(ADAM), message(EVA));
  const producer = quietKafka(path.brokers).producer();
  await producer.connect();
  const odd = { source: '/qiscus/demo', text: JSON.stringify(unrecognized(EVA)) };
  await producer.send({
    topic: `${path.prefix}session`,
    messages: [
      { key: `demo:${EVA.id}`, value: odd.text, headers: { ce_source: odd.source, note: EVA.name } },
    ],
  });
  await producer.disconnect();
  await countOf(database, 'dead_letters', 3);
  await arrived(path, 3);
  expect((await rowsWith(database, EVA)).dead_letters_rows).toBe(2);

  const done = await erase(path);
  expect(done.told).toMatchObject({
    is_complete: true,
    before: { events: 2, messages: 1, dead_letters: 2 },
  });
  expect(await rowsWith(database, EVA)).toEqual({});
  expect((await rowsWith(database, ADAM)).dead_letters_rows).toBe(1);
  await countOf(database, 'dead_letters', 3);

  await database.client.command({ query: 'ALTER TABLE sessions_rows DROP CONSTRAINT fits' });
  await run(path, 'consumer/books/redrive/main.ts', '--all');
  await countOf(database, 'sessions', 2);
  expect(await rowsWith(database, EVA)).toEqual({});
  await readAgain(path);
  expect(await rowsWith(database, EVA)).toEqual({});
});

test('killed at any moment and run again, it ends with nothing left and nothing lost', {
  tags: 'long',
  timeout: 240_000,
}, async () => {
  const path = await startPipeline();
  const { database } = path;
  await send(path, ...everyKind(EVA), ...everyKind(ADAM));
  await arrived(path, 14);
  const isSo = async (query: string) => (await database.rows<{ n: number }>(query))[0]?.n !== 0;
  const moments: (() => Promise<boolean>)[] = [
    () => isSo('SELECT count() AS n FROM erasures'),
    () => isSo('SELECT count() AS n FROM events_rows WHERE payload LIKE \'{"erased"%\''),
    () => isSo("SELECT count() AS n FROM messages_rows WHERE sender_id = ''"),
  ];
  for (const moment of moments) {
    expect(await moment()).toBe(false);
    await killedAt(path, moment);
    await countOf(database, 'events', 14);
  }
  const done = await erase(path);
  expect(done.told).toMatchObject({ is_complete: true });
  expect(await rowsWith(database, EVA)).toEqual({});
  expect(Object.keys(await rowsWith(database, ADAM)).length).toBe(8);
  expect((await run(path, 'consumer/books/audit/main.ts', '--app', 'demo')).code).toBe(0);
});

/** Starts the command and kills it with SIGKILL as soon as something is so. */
async function killedAt(path: Path, moment: () => Promise<boolean>): Promise<void> {
  const child = spawn(process.execPath, ['operate/erase/main.ts', ...ARGS], {
    cwd: ROOT,
    env: { ...baseEnvironment(), ...settings(path) },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await eventually(moment, { timeoutMs: 30_000, intervalMs: 5 });
  child.kill('SIGKILL');
  await ended;
}

test('what waits in an outbox loses the customer before it is published', { tags: 'long' }, async () => {
  const path = await startPipeline();
  const admin = quietKafka(path.brokers).admin();
  await admin.connect();
  const topics = eventTopics(path.prefix);
  await admin.deleteTopics({ topics });
  await eventually(async () =>
    expect((await admin.listTopics()).filter((each) => topics.includes(each))).toEqual([]),
  );
  await send(path, ...everyKind(EVA), ...everyKind(ADAM));
  const dry = await erase(path, '--dry-run');
  expect(dry.told?.before.outboxes).toBe(7 - 1);

  const stuck = await erase(path, '--wait', '0');
  expect(stuck).toMatchObject({ code: 1, told: { is_complete: false, after: { outboxes: 0 } } });
  await runScript('operate/topics/main.ts', { KAFKA_BROKERS: path.brokers, TOPIC_PREFIX: path.prefix });
  await admin.disconnect();
  await countOf(path.database, 'events', 14, 60_000);
  const left = await rowsWith(path.database, EVA);
  // The agent's answer names nobody by an id, and which room was whose was not known yet. Of its rows there may be
  // copies: kafkajs sends a batch again where a topic has only just been made.
  expect(Object.keys(left).sort()).toEqual(['events_rows', 'messages_rows']);
  const done = await erase(path, '--wait', '30');
  expect(done.told).toMatchObject({ is_complete: true });
});

test('under pseudonyms, the customer is found by the id that they have outside', {
  tags: 'long',
}, async () => {
  const path = await startPipeline({
    PRIVACY: '{"demo":{"*":"pseudonymize"}}',
    PRIVACY_KEY: 'k3y-of-thirty-two-characters-or-more!',
  });
  await send(path, ...everyKind(EVA), ...everyKind(ADAM));
  await arrived(path, 14);
  expect(await rowsWith(path.database, EVA)).toEqual({});
  const ids = `SELECT DISTINCT customer_id FROM (SELECT customer_id FROM sessions UNION ALL SELECT customer_id FROM resolutions)
    WHERE customer_id != ''`;
  expect(await path.database.rows(ids)).toHaveLength(2);
  const done = await erase(path);
  expect(done.told).toMatchObject({ is_complete: true, rooms: 1, before: { sessions: 1, resolutions: 1 } });
  expect(await path.database.rows(ids)).toHaveLength(1);
});

test('who may not, or asks for nobody, is told so, and nothing is erased', { tags: 'long' }, async () => {
  const path = await startPipeline();
  const url = `${path.worker.url}/erase`;
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const asked = JSON.stringify({ app: 'demo', customer: EVA.id });
  expect((await fetch(url, { method: 'POST', body: asked })).status).toBe(401);
  expect((await fetch(url, { headers: admin })).status).toBe(405);
  expect((await post(url, 'no JSON', admin)).status).toBe(400);
  expect((await post(url, '{"app":"demo"}', admin)).status).toBe(400);
  expect((await post(url, JSON.stringify({ app: 'other', customer: EVA.id }), admin)).status).toBe(404);
  for (const nobody of ['0', '', '000']) {
    expect(await run(path, 'operate/erase/main.ts', '--app', 'demo', '--customer', nobody)).toMatchObject({
      code: 1,
      text: expect.stringContaining('must be the id of somebody'),
    });
  }
  const other = await run(path, 'operate/erase/main.ts', '--app', 'nobody', '--customer', EVA.id);
  expect(other).toMatchObject({ code: 1, text: expect.stringContaining('no such app') });
  await path.database.client.command({ query: 'CREATE TABLE sessions_rows_rebuild_x AS sessions_rows' });
  expect(await run(path, 'operate/erase/main.ts', ...ARGS)).toMatchObject({
    code: 1,
    text: expect.stringContaining('A rebuild runs'),
  });
});
