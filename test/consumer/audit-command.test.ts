import { ConfigResourceTypes } from 'kafkajs';
import { beforeAll, expect, test } from 'vitest';
import type { Audit } from '../../consumer/books/audit/audit.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { quietKafka } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { post, SAMPLES, sample, status } from '../worker/edge-helpers.ts';
import { event } from './events.ts';
import { countOf, metric, startPath } from './setup.ts';

let path: Awaited<ReturnType<typeof startPath>>;
let worker: TestWorker;
beforeAll(async () => {
  path = await startPath();
  worker = await startWorker({ topicPrefix: path.prefix, brokers: path.brokers });
});

/** Runs the command, whatever its exit code. */
async function audit(args: string[] = [], changes: Record<string, string> = {}) {
  const settings = {
    WORKER_URL: worker.url,
    ADMIN_TOKEN,
    KAFKA_BROKERS: path.brokers,
    TOPIC_PREFIX: path.prefix,
    CLICKHOUSE_URL: path.database.url,
    CONSUMER_GROUP: path.consumer.group,
    ...changes,
  };
  return runScript('consumer/books/audit/main.ts', settings, args).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
}

/** The command's answer for programs, with the lines of outboxes that have accepted anything. */
async function answer(args: string[] = []) {
  const { code, stdout, stderr } = await audit(['--json', ...args]);
  if (stdout === '') throw new Error(stderr);
  const found = JSON.parse(stdout) as Audit;
  return { code, ...found, lines: found.lines.filter(({ accepted }) => accepted !== 0) };
}

const METRICS = [
  'qiscus_outbox_last_sequence',
  'qiscus_events',
  'qiscus_audit_missing_events',
  'qiscus_audit_unexpected_events',
  'qiscus_open_dead_letters',
];

const database = (command: string) =>
  path.database.client.command({ query: command, clickhouse_settings: { mutations_sync: '2' } });

const sum = (
  found: Pick<Audit, 'lines'>,
  key: 'accepted' | 'in_events' | 'in_outbox' | 'on_stream' | 'missing',
) => found.lines.filter(({ kind }) => kind === '*').reduce((total, line) => total + (line[key] ?? 0), 0);

test('npm run audit follows events from the edge: balanced, in flight, lost, and what cannot be asked', {
  tags: 'long',
}, async () => {
  for (const name of SAMPLES) expect((await post(worker.webhookUrl, sample(name))).status).toBe(202);
  await post(worker.webhookUrl, '{"unknown":1}');
  const whole = await answer(['--wait', '30']);
  expect(whole).toMatchObject({ code: 0, verdict: 'balanced', troubles: [] });
  expect(
    whole.lines.filter(({ kind }) => kind === 'agent-logout').map(({ in_table }) => in_table),
  ).not.toContain(0);
  expect([sum(whole, 'accepted'), sum(whole, 'in_events'), sum(whole, 'missing')]).toEqual([9, 9, 0]);

  await eventually(async () =>
    expect(await Promise.all(METRICS.map((name) => metric(path.consumer, name)))).toEqual([9, 9, 0, 0, 0]),
  );

  await path.consumer.stop();
  await post(worker.webhookUrl, '{"unknown":2}');
  await eventually(async () => expect(sum(await answer(['--wait', '0']), 'on_stream')).toBe(1));
  expect(await answer(['--wait', '0'])).toMatchObject({ code: 3, verdict: 'in-flight', lag: 1 });
  await path.consumer.start();
  expect(await answer(['--wait', '30'])).toMatchObject({ code: 0, verdict: 'balanced' });

  await database('ALTER TABLE sessions_rows DELETE WHERE 1');
  const line = whole.lines.find(({ kind }) => kind === 'session');
  const sequences = await path.database.rows("SELECT sequence FROM events WHERE kind = 'session'");
  const noFact = await audit();
  expect(noFact).toMatchObject({ code: 1 });
  const place = `${line?.outbox}: missing in the table of session, though in events: `;
  expect(noFact.stdout).toContain(`${place}${Object(sequences[0]).sequence}.\n`);
  await eventually(async () => expect(await metric(path.consumer, 'qiscus_audit_missing_events')).toBe(1));
  await database('ALTER TABLE events_rows DELETE WHERE 1');
  const nothing = await answer();
  expect(nothing).toMatchObject({ code: 1, verdict: 'unbalanced' });
  expect([sum(nothing, 'in_events'), sum(nothing, 'missing')]).toEqual([0, 10]);
});

test('npm run audit names an event that Kafka refuses and the outbox sets aside, and that is no balance', {
  tags: 'long',
}, async () => {
  const own = await startPath();
  const edge = await startWorker({ topicPrefix: own.prefix, brokers: own.brokers });
  const changes = {
    WORKER_URL: edge.url,
    TOPIC_PREFIX: own.prefix,
    CLICKHOUSE_URL: own.database.url,
    CONSUMER_GROUP: own.consumer.group,
  };
  await limitTopic(own.brokers, `${own.prefix}session`, 500);
  const { json } = await post(edge.webhookUrl, sample('session'));
  await post(edge.webhookUrl, sample('resolution'));
  await eventually(async () => expect(await setAside(edge)).toBe(1), { timeoutMs: 30_000 });
  const refused = await audit(['--wait', '30'], changes);
  expect(refused).toMatchObject({ code: 1 });
  const event = `\\(session ${json.id}, \\d+ bytes, MESSAGE_TOO_LARGE\\)`;
  expect(refused.stdout).toMatch(new RegExp(`refused by Kafka, kept and tried again every hour: 1 ${event}`));
});

test('a forged sequence number is foreign to npm run audit and to /metrics, and is in no other figure of theirs', {
  tags: 'long',
}, async () => {
  const own = await startPath();
  const edge = await startWorker({ topicPrefix: own.prefix, brokers: own.brokers });
  const asking = await startConsumer({
    topicPrefix: own.prefix,
    brokers: own.brokers,
    clickHouseUrl: own.database.url,
    env: { WORKER_URL: edge.url, ADMIN_TOKEN },
  });
  for (const name of SAMPLES) expect((await post(edge.webhookUrl, sample(name))).status).toBe(202);
  await countOf(own.database, 'events', SAMPLES.length);
  const [{ outbox } = { outbox: '' }] = await own.database.rows<{ outbox: string }>(
    "SELECT outbox FROM events WHERE kind = 'session'",
  );
  await own.publish.events([event('session', sample('session'), 999_999, { outbox, id: 'f'.repeat(32) })]);
  await countOf(own.database, 'events', SAMPLES.length + 1);
  const figures = () =>
    Promise.all(
      ['foreign', 'missing', 'unexpected'].map((name) => metric(asking, `qiscus_audit_${name}_events`)),
    );
  await eventually(async () => expect(await figures()).toEqual([1, 0, 0]), { timeoutMs: 30_000 });
  expect(await metric(asking, 'qiscus_events')).toBe(SAMPLES.length);
  expect(await metric(asking, 'qiscus_outbox_last_sequence')).toBe(SAMPLES.length);
  const { code, stdout } = await audit(['--wait', '30'], {
    WORKER_URL: edge.url,
    TOPIC_PREFIX: own.prefix,
    CLICKHOUSE_URL: own.database.url,
    CONSUMER_GROUP: own.consumer.group,
  });
  expect(code).toBe(1);
  expect(stdout).toContain(`${outbox}: 1 foreign: above the`);
  expect(stdout).not.toMatch(/missing in|lost its storage/);
});

/** How many events the broker has refused. */
async function setAside(edge: TestWorker): Promise<number> {
  const { outboxes } = await status(edge);
  return outboxes.reduce((total, { set_aside }) => total + set_aside.length, 0);
}

async function limitTopic(brokers: string, topic: string, maxBytes: number): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(maxBytes) }];
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

test('npm run audit says what it cannot ask, and that it cannot say then', { tags: 'long' }, async () => {
  const nowhere = 'http://127.0.0.1:9';
  const noWorker = await audit(['--app', 'nobody'], { WORKER_URL: nowhere });
  expect(noWorker).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(`No Worker answers at ${nowhere}`),
  });
  const wrongToken = await audit(['--app', 'nobody'], { ADMIN_TOKEN: 'not-it' });
  expect(wrongToken).toMatchObject({ code: 2, stdout: expect.stringContaining('refuses ADMIN_TOKEN') });
  const noClickHouse = await audit([], { CLICKHOUSE_URL: `${nowhere}/qiscus` });
  expect(noClickHouse).toMatchObject({ code: 2, stderr: expect.stringContaining('No ClickHouse answers') });
  // What stands need not be looked for on the stream.
  const noKafka = await audit(['--app', 'nobody'], { KAFKA_BROKERS: '127.0.0.1:9' });
  expect(noKafka).toMatchObject({ code: 0, stdout: expect.stringContaining('Look at KAFKA_BROKERS') });
  expect(await audit(['--wait', 'long'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--wait'),
  });
});
