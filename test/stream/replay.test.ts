import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { event, RECEIVED_MS, sample } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { messagesStanding, startScript } from './run.ts';
import { store } from './stored.ts';

const SCRIPT = 'consumer/stream/replay/main.ts';
const HOUR_MS = 3_600_000;

let brokers: string;
let database: Database;
beforeAll(async () => {
  brokers = await sharedBrokers();
  database = await freshDatabase();
  await store(database, EVENTS);
  // Inserted again, as after a crash.
  await store(database, EVENTS.slice(0, 50));
});

/** Sessions of three hours and two outboxes, and others; the room of a sample is the subject that the edge reads. */
const EVENTS: readonly StreamEvent[] = [
  ...Array.from({ length: 2_500 }, (_, i) => {
    const payload = sample('session').replaceAll('17xxxxxx', `${i % 7}7xxxxxx`);
    return event('session', payload, i + 1, {
      outbox: `demo/${i % 2}`,
      subject: `${i % 7}7xxxxxx`,
      receivedMs: RECEIVED_MS + Math.floor(i / 1_000) * HOUR_MS + i,
      occurredMs: RECEIVED_MS + i,
      ...(i >= 100 && { chain: createHash('sha256').update(String(i)).digest('hex') }),
    });
  }),
  event('resolution', sample('resolution'), 9_001, { receivedMs: RECEIVED_MS }),
  event('unrecognized', '{ "odd":\n 12345678901234567890 }', 9_002),
];
const SESSIONS = EVENTS.slice(0, 2_500);

async function target() {
  const prefix = uniquePrefix();
  const topic = `late-${prefix}x`;
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false });
  await admin.disconnect();
  undoAfterwards(async () => {
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });
  const dir = await testDir('replay');
  const settings = { KAFKA_BROKERS: brokers, CLICKHOUSE_URL: database.url, TOPIC_PREFIX: prefix };
  const args = (...more: string[]) => ['--to-topic', topic, '--progress-dir', dir, ...more];
  const run = (...more: string[]) =>
    runScript(SCRIPT, settings, args(...more)).then(
      (output) => ({ code: 0, ...output }),
      (fault: { code: number; stdout: string; stderr: string }) => fault,
    );
  const start = (...more: string[]) => startScript(SCRIPT, settings, args(...more));
  return { prefix, topic, dir, run, start, file: join(dir, `${topic}.json`) };
}

async function messagesIn(topic: string) {
  const consumer = quietKafka(brokers).consumer({
    groupId: `${topic}.${Math.random().toString(36).slice(2)}`,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const read: { key: string; value: string; headers: Record<string, string>; partition: number }[] = [];
  await consumer.run({
    eachMessage: async ({ message, partition }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      read.push({
        key: String(message.key),
        value: String(message.value),
        headers: Object.fromEntries(headers),
        partition,
      });
    },
  });
  const count = await messagesStanding(brokers, topic);
  await eventually(() => expect(read.length).toBe(count), { timeoutMs: 30_000 });
  await consumer.disconnect();
  return read;
}

test('a team that starts late gets the events that were published: ids, headers, keys and bytes, each once and in order', {
  tags: 'long',
}, async () => {
  const { topic, run } = await target();
  const from = new Date(RECEIVED_MS - 1).toISOString();
  const done = await run('--from', from, '--json');
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({
    topic,
    sent: EVENTS.length,
    total: EVENTS.length,
    isDone: true,
  });
  const read = await messagesIn(topic);
  const wanted = EVENTS.map((each) =>
    each.kind === 'unrecognized' ? { ...each, subject: each.id } : each,
  ).map(toMessage);
  const byId = (a: { headers: Record<string, string> }, b: { headers: Record<string, string> }) =>
    String(a.headers.ce_id).localeCompare(String(b.headers.ce_id));
  const sessions = (all: typeof wanted) =>
    all.filter(({ headers }) => headers.ce_type?.endsWith('.session')).toSorted(byId);
  expect(sessions(read)).toEqual(sessions(wanted).map((each) => expect.objectContaining(each)));
  expect(read).toHaveLength(wanted.length);
  expect(read.find(({ headers }) => headers.ce_type?.endsWith('unrecognized'))?.value).toBe(
    EVENTS.at(-1)?.payload,
  );
  for (const [, ofKey] of Map.groupBy(read, ({ key, headers }) => `${key} ${headers.ce_outbox}`)) {
    const sequences = ofKey.map(({ headers }) => Number(headers.ce_sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1);
  }
  // Asked again, nothing is sent twice.
  expect(JSON.parse((await run('--from', from, '--json')).stdout)).toMatchObject({ isDone: true });
  expect(await messagesIn(topic)).toHaveLength(wanted.length);
});

test('killed at any moment and run again, it leaves no event out, and says where it stands', {
  tags: 'long',
}, async () => {
  const { topic, start, run, file } = await target();
  const args = ['--kind', 'session', '--from', '2026-03-04'];
  for (const least of [400, 900, 1_600]) {
    const running = start(...args, '--rate', '1500');
    await eventually(
      async () => expect(JSON.parse(await readFile(file, 'utf8')).sent).toBeGreaterThan(least),
      {
        timeoutMs: 40_000,
        intervalMs: 20,
      },
    );
    running.signal('SIGKILL');
    await running.ended;
  }
  expect((await run('--kind', 'resolution')).stderr).toMatch(
    /something else is not finished: \d+ events are sent/,
  );
  const done = await run(...args);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(/It goes on after \d+ of 2500 events/);
  const ids = (await messagesIn(topic)).map(({ headers }) => headers.ce_id);
  expect(new Set(ids)).toEqual(new Set(SESSIONS.map(({ id }) => id)));
  // What was on its way at each kill, at most.
  expect(ids.length - SESSIONS.length).toBeLessThanOrEqual(3 * 500);
});

test('the rate is kept, and Ctrl-C stops it where it can be resumed', { tags: 'long' }, async () => {
  const { topic, start, run } = await target();
  const startedMs = performance.now();
  const running = start('--from', '2026-03-04', '--rate', '500');
  await eventually(async () => expect(await messagesStanding(brokers, topic)).toBeGreaterThan(500), {
    timeoutMs: 40_000,
  });
  expect(performance.now() - startedMs).toBeGreaterThan(1_000);
  running.signal('SIGINT');
  expect(await running.ended).toBe(1);
  expect(running.stdout()).toMatch(
    /Stopped after \d+ of 2502 events\. The same command, or --resume, goes on there/,
  );
  expect((await run('--resume')).code).toBe(0);
  expect(await messagesIn(topic)).toHaveLength(EVENTS.length);
});

test('a topic that the pipeline reads, and one that is not there, are refused', {
  tags: 'long',
}, async () => {
  const { prefix, run, file } = await target();
  const refused = async (name: string) =>
    runScript(SCRIPT, { KAFKA_BROKERS: brokers, CLICKHOUSE_URL: database.url, TOPIC_PREFIX: prefix }, [
      '--to-topic',
      name,
    ]).then(
      () => undefined,
      (fault: { code: number; stderr: string }) => fault,
    );
  await createTopics(prefix);
  for (const kind of ['session', 'unrecognized', 'dead-letter', 'canary']) {
    expect(await refused(`${prefix}${kind}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the pipeline itself reads'),
    });
  }
  expect(await refused(`${prefix}nowhere`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Make it first'),
  });
  expect(await refused('../../etc/x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It must be a topic'),
  });
  const { stderr } = await run('--from', '2026-03-05', '--to', '2026-03-04');
  expect(stderr).toBe('--from must be before --to.\n');
  await writeFile(file, '{"sent": "many"');
  expect((await run('--from', '2026-03-04')).stderr).toContain('does not say how far the replay has come');
});
