import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { HTTP } from 'cloudevents';
import { beforeAll, expect, test, vi } from 'vitest';
import { summarize } from '../../consumer/stream/summary.ts';
import { eventLine } from '../../consumer/stream/tail/line.ts';
import { eventTopics } from '../../schemas/topics.ts';
import { event, publisher, sample, sessions } from '../consumer/events.ts';
import { publishZstd } from '../consumer/zstd.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';
import { messagesStanding, startScript } from './run.ts';

const SCRIPT = 'consumer/stream/tail/main.ts';

/** What it says of a broker that is too busy for a moment. */
const TROUBLE_ALONE = /^(Kafka .*\n)*$/;

let brokers: string;
beforeAll(async () => {
  brokers = await sharedBrokers();
});

async function startStream() {
  const prefix = uniquePrefix();
  await createTopics(prefix);
  const settings = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix, CONSUMER_GROUP: `${prefix}group` };
  const publish = await publisher(brokers, prefix);
  const standing = () => messagesStanding(brokers, ...eventTopics(prefix));
  return { prefix, publish, standing, tail: (...args: string[]) => startScript(SCRIPT, settings, args) };
}

async function groupsOf(prefix: string): Promise<string[]> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  await admin.disconnect();
  return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
}

test('each event since a moment is shown once, as it is published, and nothing of the group is left', async () => {
  const { prefix, publish, standing, tail } = await startStream();
  await publish.events(sessions(1, 3));
  const running = tail('--from', '10m');
  const first = await standing();
  await eventually(() => expect(running.lines()).toHaveLength(first), { timeoutMs: 30_000 });
  expect(await groupsOf(prefix)).toHaveLength(1);
  await publish.events(sessions(4, 5));
  const all = await standing();
  await eventually(() => expect(running.lines()).toHaveLength(all));
  const ids = new Set(running.lines().map((line) => line.split('  ').at(-1)));
  expect(ids).toEqual(new Set(sessions(1, 5).map(({ id }) => id)));
  expect(running.lines()[0]).toContain('session        demo  ');
  running.signal('SIGINT');
  expect(await running.ended).toBe(0);
  expect(running.stderr()).toMatch(TROUBLE_ALONE);
  expect(await groupsOf(prefix)).toEqual([]);
});

test('without a moment it begins now, and shows one kind and one app where they are asked for', async () => {
  const { prefix, publish, tail } = await startStream();
  await publish.events(sessions(1, 2));
  const running = tail('--kind', 'session', '--app', 'shop');
  await eventually(async () => expect(await groupsOf(prefix)).toHaveLength(1), { timeoutMs: 30_000 });
  await publish.events([
    event('message', sample('message'), 3, { app: 'shop' }),
    ...sessions(4, 5),
    ...sessions(6, 6, { app: 'shop' }),
  ]);
  await eventually(() => expect(running.lines()).toHaveLength(1));
  expect(running.stdout()).toContain(sessions(6, 6)[0]?.id);
});

test('as JSON, each line is a CloudEvent that the SDK reads, whatever the payload holds', async () => {
  const { publish, standing, tail } = await startStream();
  const odd = '{\n "name": "a\\u0000b \u009b31m \u2028 さくら",\r\n "id": 12345678901234567890 }';
  await publish.events([
    event('session', sample('session'), 1),
    event('unrecognized', odd, 2),
    event('unrecognized', 'no JSON', 3, { traceparent: '00-1-2-01' }),
  ]);
  const running = tail('--from', '1h', '--json');
  const count = await standing();
  await eventually(() => expect(running.lines()).toHaveLength(count), { timeoutMs: 30_000 });
  expect(running.stdout()).not.toMatch(/[\u007f-\u009f\u2028]/);
  const read = running
    .lines()
    .map((body) =>
      HTTP.toEvent<unknown>({ headers: { 'content-type': 'application/cloudevents+json' }, body }),
    );
  const events = read.flat();
  const bySequence = new Map(events.map((each) => [Number(each.sequence), each]));
  expect(bySequence.get(1)).toMatchObject({
    type: 'com.qiscus.omnichannel.session',
    source: '/qiscus/demo',
    data: JSON.parse(sample('session')),
  });
  expect(bySequence.get(2)?.data).toEqual(JSON.parse(odd));
  expect(running.stdout()).toContain('12345678901234567890');
  expect(bySequence.get(3)).toMatchObject({ data_base64: Buffer.from('no JSON').toString('base64') });
});

test('a record that is no event, and a batch that cannot be read, cost a line each; the next events are shown', async () => {
  const { prefix, publish, tail } = await startStream();
  await publish.raw({ topic: 'session', value: Buffer.from([0xff, 0x1b]), headers: { ce_id: '\u001b[31m' } });
  await publish.raw({ topic: 'session', value: null });
  await publishZstd(brokers, `${prefix}message`, Buffer.alloc(40_000_000, '{'));
  const text = 'a\u001b[2J\nb\u202ec';
  await publish.events([event('message', JSON.stringify({ payload: { message: { text } } }), 9)]);
  const running = tail('--from', '1h');
  await eventually(() => expect(running.lines()).toHaveLength(1), { timeoutMs: 30_000 });
  await eventually(() => expect(running.stderr().trim().split('\n')).toHaveLength(3));
  expect(running.stderr()).toMatch(/message\/0, offsets 0 to 0: it is larger than 32000000 bytes/);
  expect(running.stdout()).toContain('a [2J b c');
  expect(running.stdout() + running.stderr()).not.toContain('\u001b');
});

test('a reader that has gone, such as head, ends it without a word', async () => {
  const { prefix, publish, tail } = await startStream();
  await publish.events(sessions(1, 10));
  const running = tail('--from', '1h', '--json');
  await eventually(() => expect(running.lines().length).toBeGreaterThan(0), { timeoutMs: 30_000 });
  running.hangUp();
  await publish.events(sessions(11, 300));
  expect(await running.ended).toBe(0);
  expect(running.stderr()).toMatch(TROUBLE_ALONE);
  expect(await groupsOf(prefix)).toEqual([]);
});

test('where Kafka, or a topic, is not there, it says so and what to do', async () => {
  const run = (settings: Record<string, string>) =>
    runScript(SCRIPT, settings).then(
      () => undefined,
      (fault: { code: number; stderr: string }) => fault,
    );
  const startedMs = performance.now();
  expect(await run({ KAFKA_BROKERS: '127.0.0.1:9' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^No Kafka answers at 127\.0\.0\.1:9 \(ECONNREFUSED\)\. Start it.*\n$/),
  });
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(await run({ KAFKA_BROKERS: brokers, TOPIC_PREFIX: 'nobody.' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/UNKNOWN_TOPIC_OR_PARTITION\. Make the topics with "npm run topics"/),
  });
});

test('colours go to a terminal alone, and not where NO_COLOR is set', () => {
  const [session] = sessions(1, 1);
  const summary = summarize({ ...event('session', ''), ...session }, Buffer.from(sample('session')));
  // What the machine that runs this says of itself, such as that it is a CI, is left out.
  const terminal = (env: Record<string, string> = {}) =>
    Object.assign(new PassThrough(), {
      isTTY: true,
      getColorDepth: () => WriteStream.prototype.getColorDepth({ TERM: 'xterm', ...env }),
    });
  vi.stubEnv('FORCE_COLOR', undefined);
  expect(eventLine(summary, terminal())).toContain('\u001b');
  expect(eventLine(summary, new PassThrough())).not.toContain('\u001b');
  expect(eventLine(summary, terminal({ NO_COLOR: '1' }))).not.toContain('\u001b');
  vi.unstubAllEnvs();
});
