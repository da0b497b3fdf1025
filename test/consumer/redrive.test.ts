import { spawn } from 'node:child_process';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { toMessage } from '../../schemas/event.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { quietKafka } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { event, sessions } from './events.ts';
import { allCommitted, countOf, startPath } from './setup.ts';

type Path = Awaited<ReturnType<typeof startPath>>;

interface Line {
  readonly id?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly summary?: Record<string, number>;
  readonly notes?: string[];
}

const settings = ({ prefix, brokers, database }: Path) => ({
  KAFKA_BROKERS: brokers,
  TOPIC_PREFIX: prefix,
  CLICKHOUSE_URL: database.url,
});

async function redrive(path: Path, ...args: string[]) {
  const ended = await runScript('consumer/books/redrive/main.ts', settings(path), args).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
  const { code, stdout, stderr } = ended;
  const isJson = args.includes('--json');
  const lines = isJson
    ? stdout
        .trim()
        .split('\n')
        .map((line): Line => JSON.parse(line))
    : [];
  return { code, stdout, stderr, lines, summary: lines.at(-1)?.summary };
}

const REFUSE = "ALTER TABLE sessions_rows ADD CONSTRAINT fits CHECK room_name != 'Susan Novitasari'";
const TAKE = 'ALTER TABLE sessions_rows DROP CONSTRAINT fits';

/** Sessions that their table refuses until it is mended. */
async function refusedSessions(path: Path, count: number): Promise<void> {
  await path.database.client.command({ query: REFUSE });
  await path.publish.events(sessions(1, count));
  // Each is found by itself, in halves of what is inserted: on a busy machine that takes its time.
  await countOf(path.database, 'dead_letters', count, 60_000);
}

const openIds = async ({ database }: Path) =>
  (await database.rows<{ id: string }>('SELECT id FROM dead_letters WHERE is_open ORDER BY id')).map(
    ({ id }) => id,
  );

test('dead letters sent through again after a fix stand in their table once and are closed, however often that is asked', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await refusedSessions(path, 210);
  const listing = await redrive(path);
  expect(listing).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/210 +insert +session .*VIOLATED/),
  });
  expect(listing.stdout).toContain('npm run redrive -- --reason');
  expect(await redrive(path, '--all', '--dry-run', '--json')).toMatchObject({
    code: 0,
    summary: { 'would be sent': 210 },
  });
  const [first = ''] = await openIds(path);
  await path.database.client.command({ query: TAKE });
  expect(await redrive(path, '--reason', 'no such reason')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing is selected'),
  });
  expect(await redrive(path, '--id', first, '--json')).toMatchObject({ code: 0, summary: { normalized: 1 } });
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const rest = ['--reason', 'VIOLATED', '--since', since, '--kind', 'session', '--app', 'demo'];
  expect(await redrive(path, ...rest, '--json')).toMatchObject({ code: 0, summary: { normalized: 209 } });
  expect(await openIds(path)).toEqual([]);
  expect((await redrive(path, '--id', first)).code).toBe(0);
  expect((await redrive(path, '--id', '0'.repeat(32))).code).toBe(1);
  await countOf(path.database, 'sessions', 210);
  await countOf(path.database, 'events', 210);
});

test('a message is sent through again byte for byte, to the topic that it came by; refused again, it is open under its new place', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const odd: IHeaders = {
    ce_id: 'not an id',
    odd: Buffer.from([0xfe, 0xff]),
    many: ['a', '', 'b,c'],
    empty: '',
  };
  await send(path, { key: null, value: Buffer.from([0xc3, 0x28, 0, 0xff]), headers: odd });
  await send(path, { key: Buffer.from(''), value: Buffer.from(''), headers: {} });
  await send(path, { key: Buffer.from([0, 255, 1]), value: null, headers: odd });
  await countOf(path.database, 'dead_letters', 3);
  const before = await openIds(path);

  const { code, lines, summary } = await redrive(path, '--stage', 'decode', '--json');
  expect({ code, summary }).toEqual({ code: 1, summary: { 'refused again': 3 } });
  expect(lines[0]?.reason).toMatch(/UTF-8|no value|headers/);
  const after = await openIds(path);
  expect(after).toHaveLength(3);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
  const copies = await topicMessages(path, 6);
  const bytes = ({ key, value, headers }: KafkaMessage) => JSON.stringify({ key, value, headers });
  expect(copies.slice(3).map(bytes).sort()).toEqual(copies.slice(0, 3).map(bytes).sort());
});

test('a message whose headers were not understood is closed by its event, even if the command died between sending and recording', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { client } = path.database;
  const one = event('session', sessions(7, 7)[0]?.payload ?? '', 7);
  const { key, value, headers } = toMessage(one);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  await client.insert({
    table: 'dead_letters_rows',
    format: 'JSONEachRow',
    values: [
      {
        id: 'f'.repeat(32),
        stage: 'decode',
        reason: 'its CloudEvents headers do not fit',
        topic: `${path.prefix}session`,
        failed_at: '2026-01-01 00:00:00.000',
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, base64(text)])),
        key: base64(key),
        value: base64(value),
      },
    ],
  });
  await client.command({ query: 'ALTER TABLE dead_letter_redrives ADD CONSTRAINT died CHECK id = 0' });
  expect(await openIds(path)).toHaveLength(1);
  expect((await redrive(path, '--all')).code).toBe(1);
  await countOf(path.database, 'sessions', 1);
  await eventually(async () => expect(await openIds(path)).toEqual([]));
  await client.command({ query: 'ALTER TABLE dead_letter_redrives DROP CONSTRAINT died' });
  expect((await redrive(path, '--all')).stdout).toContain('Nothing is selected');
});

test('a letter that does not hold all of its message is not sent in its place, and stays open', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const [one] = sessions(1, 1);
  if (one === undefined) throw new Error('there is one session');
  const headers = { ...toMessage(one).headers, dlq_omitted: 'value' };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  await path.database.client.insert({
    table: 'dead_letters_rows',
    format: 'JSONEachRow',
    values: [
      {
        id: one.id,
        stage: 'insert',
        reason: 'sessions_rows refuses the row',
        topic: `${path.prefix}session`,
        failed_at: '2026-01-01 00:00:00.000',
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, base64(text)])),
        key: null,
        value: null,
      },
    ],
  });
  const asked = await redrive(path, '--all', '--json');
  expect(asked).toMatchObject({ code: 1, summary: { 'not sent': 1 } });
  expect(asked.lines[0]?.reason).toContain('too large');
  expect(await openIds(path)).toEqual([one.id]);
});

test('a dismissed dead letter is closed with who, when and why, until it fails once more or is sent through by its id', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await refusedSessions(path, 3);
  const [first = '', second = ''] = await openIds(path);
  const why = 'this room never was';
  expect(await redrive(path, '--dismiss', why)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('which'),
  });
  expect((await redrive(path, '--all', '--dismiss', '  ')).code).toBe(1);
  const dry = await redrive(path, '--id', first, '--dismiss', why, '--dry-run', '--json');
  expect(dry).toMatchObject({ code: 0, summary: { 'would be dismissed': 1 } });
  expect(await openIds(path)).toHaveLength(3);

  const closed = await redrive(path, '--id', first, '--id', second, '--dismiss', why, '--json');
  expect(closed).toMatchObject({ code: 0, summary: { dismissed: 2 } });
  expect(await openIds(path)).toHaveLength(1);
  const listing = await redrive(path);
  expect(listing.stdout).toMatch(/1 open/);
  expect(listing.stdout).toMatch(new RegExp(`2 +20.* ${why}`));
  const kept = await path.database.rows(
    `SELECT dismissed_because, dismissed_by != '' AS is_signed, dismissed_at > failed_at AS is_later
      FROM dead_letters WHERE is_dismissed AND NOT is_open`,
  );
  const one = { dismissed_because: why, is_signed: 1, is_later: 1 };
  expect(kept).toEqual([one, one]);

  // It is not among all: who means it says its id, and it is open again when it fails again.
  expect(await redrive(path, '--all', '--dry-run', '--json')).toMatchObject({
    summary: { 'would be sent': 1 },
  });
  const again = await redrive(path, '--id', first, '--json');
  expect(again).toMatchObject({ code: 1, summary: { 'refused again': 1 } });
  expect(await openIds(path)).toContain(first);
  await path.database.client.command({ query: TAKE });
  expect(await redrive(path, '--id', second, '--json')).toMatchObject({
    code: 0,
    summary: { normalized: 1 },
  });
  await countOf(path.database, 'sessions', 1);
});

test('while the consumer is away, dead letters are in flight and stay open; the command says so and sends no more', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await refusedSessions(path, 205);
  await allCommitted(path);
  await path.consumer.stop();
  await path.database.client.command({ query: TAKE });
  const { code, summary, lines } = await redrive(path, '--all', '--wait', '1', '--json');
  expect({ code, summary }).toEqual({ code: 1, summary: { 'in flight': 200, 'not sent': 5 } });
  expect(lines.at(-1)?.notes?.join()).toMatch(/consumer runs/);
  expect(await openIds(path)).toHaveLength(205);
});

test('killed at any moment and run again, the command loses and doubles nothing', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await refusedSessions(path, 300);
  await path.database.client.command({ query: TAKE });
  for (const linesSeen of [0, 1, 50]) await killedAfter(path, linesSeen);
  expect((await redrive(path, '--all')).code).toBe(0);
  await allCommitted(path);
  await countOf(path.database, 'sessions', 300);
  expect(await openIds(path)).toEqual([]);
});

/** Starts the command and kills it with SIGKILL once it has said what became of so many. */
async function killedAfter(path: Path, linesSeen: number): Promise<void> {
  const args = ['consumer/books/redrive/main.ts', '--all', '--json'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...baseEnvironment(), ...settings(path) },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let lines = 0;
  child.stdout.on('data', (data: Buffer) => {
    lines += data.toString().split('\n').length - 1;
    if (lines >= linesSeen) child.kill('SIGKILL');
  });
  child.stderr.once('data', () => linesSeen === 0 && child.kill('SIGKILL'));
  await ended;
}

async function send(path: Path, message: { key: Buffer | null; value: Buffer | null; headers: IHeaders }) {
  const producer = quietKafka(path.brokers).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: `${path.prefix}session`, acks: -1, messages: [message] });
  await producer.disconnect();
}

/** What stands on the topic of sessions, by time, once there are so many messages. */
async function topicMessages({ brokers, prefix }: Path, count: number): Promise<KafkaMessage[]> {
  const consumer = quietKafka(brokers).consumer({ groupId: `${prefix}reader` });
  const messages: KafkaMessage[] = [];
  await consumer.connect();
  undoAfterwards(() => consumer.disconnect());
  await consumer.subscribe({ topic: `${prefix}session`, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  await eventually(() => expect(messages).toHaveLength(count), { timeoutMs: 20_000 });
  return messages.sort((one, other) => Number(one.timestamp) - Number(other.timestamp));
}
