import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { eventTopics } from '../../schemas/topics.ts';
import { groupProgress } from '../consumer/events.ts';
import { allCommitted, countOf } from '../consumer/setup.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { startWorker } from '../support/worker.ts';
import { everything } from './erase-people.ts';

/** Nothing that any process says may hold one of these. */
const MARK = /MARK[A-Z]/i;
const TOKEN = 'MARKTOKEN-of-an-app-0123456789';
const PRIVATE_TOKEN = 'MARKTOKEN-of-another-0123456789';
const ADMIN = 'MARKADMIN-0123456789';
const KEY = 'MARKKEY-of-thirty-two-characters-0123456789';
const WRONG = 'MARKWRONG-0123456789';

let count = 0;

/** The vendor's samples with every text a mark, but those that tell what they are; names of secrets hold secrets. */
const marked = (kind: string) => {
  const customer = 'MARKPERSON@customers.example';
  const agent = {
    id: 22,
    email: 'MARKPERSON@agents.example',
    name: 'MARKPERSON agent',
    sdk_key: 'MARKSECRET',
    sdk_email: 'MARKSECRET',
  };
  const room = {
    id: '4711',
    name: 'MARKPERSON',
    options: JSON.stringify({ source: 'wa', secret_key: 'MARKSECRET' }),
  };
  const from = { id: 0, email: customer, name: 'MARKPERSON' };
  const extras = JSON.stringify({
    user_properties: [{ key: 'a', value: 'MARKPERSON' }],
    totp_token: 'MARKSECRET',
  });
  const at = new Date(Date.UTC(2026, 10, 20, 3, 4) + ++count * 1_000).toISOString();
  const text = { type: 'text', text: 'MARKBODY', timestamp: at, unique_temp_id: crypto.randomUUID() };
  return {
    session: {
      webhook_type: 'NEW_SESSION_WEBHOOK',
      payload: { from, message: text, room },
      room_log: { user_id: customer, created_at: at, extras },
    },
    message: { type: 'post_comment_mobile', payload: { from, message: text, room } },
    'agent-logout': {
      type: 'auth',
      payload: { action: 'logout', timestamp: 1_790_000_000 + count, user: agent },
    },
    allocation: {
      room_id: '4711',
      name: 'MARKPERSON',
      email: customer,
      extras,
      candidate_agent: agent,
      source: 'wa',
    },
    resolution: {
      customer: { user_id: customer, name: 'MARKPERSON' },
      resolved_by: agent,
      service: { id: 5, room_id: '4711', is_resolved: true, last_comment_id: '9', notes: 'MARKBODY' },
    },
    'custom-button': {
      room_id: 4711,
      agent,
      customer: { user_id: customer, name: 'MARKPERSON' },
      channel_type: 'x',
      tag: [{ name: 'MARKBODY' }],
      notes: 'MARKBODY',
      additional_info: [{ MARKBODY: 'MARKBODY', direct_login_token: 'MARKSECRET' }],
    },
    unrecognized: {
      MARKBODY: 'MARKBODY',
      email: customer,
      authentication_token: 'MARKSECRET',
      type: 'auth',
      payload: { action: 'MARKBODY' },
    },
  }[kind];
};
const KINDS = [
  'session',
  'message',
  'agent-logout',
  'allocation',
  'resolution',
  'custom-button',
  'unrecognized',
];

test('no log, no metric, no answer and no command says a token, a secret, a body or who somebody is, whatever fails', {
  tags: 'long',
  timeout: 400_000,
}, async () => {
  const prefix = uniquePrefix();
  const brokers = await sharedBrokers();
  await createTopics(prefix);
  const database = await freshDatabase();
  const worker = await startWorker({
    brokers,
    topicPrefix: prefix,
    env: {
      WEBHOOK_TOKENS: JSON.stringify({ demo: [TOKEN], private: [PRIVATE_TOKEN] }),
      ADMIN_TOKEN: ADMIN,
      PRIVACY: '{"private":{"*":"pseudonymize"}}',
      PRIVACY_KEY: KEY,
      MAX_BODY_BYTES: '20000',
    },
  });
  const consumer = await startConsumer({
    topicPrefix: prefix,
    brokers,
    clickHouseUrl: database.url,
    env: { LOG_LEVEL: 'trace', WORKER_URL: worker.url, ADMIN_TOKEN: ADMIN },
  });
  const topics = eventTopics(prefix);
  const progress = () => groupProgress(brokers, consumer.group, topics);
  const said: (readonly [who: string, text: string])[] = [];
  const say = (who: string, text: string) => void said.push([who, text]);

  const post = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${worker.url}${path}`, { method: 'POST', body, headers });
    say(`${response.status} of a post`, `${await response.text()} ${JSON.stringify([...response.headers])}`);
    return response.status;
  };
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers });
    say(url.replace(TOKEN, '…'), await response.text());
  };
  const everyKind = async () => {
    for (const kind of KINDS) {
      expect(await post(`/webhooks/demo/${TOKEN}`, JSON.stringify(marked(kind)))).toBe(202);
      expect(await post(`/webhooks/private/${PRIVATE_TOKEN}`, JSON.stringify(marked(kind)))).toBe(202);
    }
  };

  await everyKind();
  const path = `/webhooks/demo/${TOKEN}`;
  expect(await post(path, 'MARKBODY {"no": JSON')).toBe(400);
  expect(await post(path, '["MARKBODY"]')).toBe(400);
  expect(await post(path, gzipSync('{"a":"MARKBODY"}').subarray(0, 20), { 'content-encoding': 'gzip' })).toBe(
    400,
  );
  expect(await post(path, JSON.stringify({ a: 'MARKBODY'.repeat(5_000) }))).toBe(413);
  expect(await post(path, 'MARKBODY', { 'content-encoding': 'MARKBODY' })).toBe(415);
  expect(await post(path, '{}', { authorization: `Bearer ${ADMIN}`, 'x-received-at': 'MARKBODY' })).toBe(400);
  expect(await post(`/webhooks/demo/${WRONG}`, '{"a":"MARKBODY"}', { traceparent: 'MARKBODY' })).toBe(401);
  expect(await post(`/webhooks/${WRONG}/${WRONG}`, '{"a":"MARKBODY"}')).toBe(401);
  expect(await post(`/MARKPATH/${WRONG}`, 'MARKBODY')).toBe(404);
  expect(
    await post('/erase', '{"app":"MARKBODY","customer":"MARKPERSON"}', {
      authorization: `Bearer ${WRONG}`,
    }),
  ).toBe(401);
  expect(
    await post('/erase', '{"app":"MARKBODY","customer":"MARKPERSON"}', {
      authorization: `Bearer ${ADMIN}`,
    }),
  ).toBe(404);
  expect(await post('/erase', 'MARKBODY', { authorization: `Bearer ${ADMIN}` })).toBe(400);
  await get(`${worker.url}${path}`);
  await get(`${worker.url}/status`, { authorization: `Bearer ${WRONG}` });
  await countOf(database, 'events', 14);

  // Faults of ClickHouse: a row that a constraint refuses, whose text quotes it, and a table that has gone.
  await database.client.command({
    query: "ALTER TABLE sessions_rows ADD CONSTRAINT MARKPERSON CHECK first_message_text != 'MARKBODY'",
  });
  await database.client.command({ query: 'RENAME TABLE messages_rows TO away' });
  await everyKind();
  await countOf(database, 'dead_letters_rows', 1);
  await eventually(async () => expect(await heldOn(consumer.url)).toBeGreaterThan(0), {
    timeoutMs: 30_000,
  });
  await get(`${consumer.url}/metrics`);
  await get(`${consumer.url}/readyz`);
  await database.client.command({ query: 'RENAME TABLE away TO messages_rows' });

  // Records that nobody of ours wrote.
  const kafka = quietKafka(brokers);
  const producer = kafka.producer();
  await producer.connect();
  const odd = { ce_id: 'MARKBODY', ce_source: '/qiscus/demo', ce_type: 'MARKBODY', MARKBODY: 'MARKPERSON' };
  await producer.send({
    topic: `${prefix}session`,
    messages: [
      { key: 'MARKPERSON', value: 'MARKBODY', headers: odd },
      { key: null, value: Buffer.from([0xc3, 0x28]), headers: { ce_subject: 'MARKPERSON' } },
      { key: 'MARKPERSON', value: null },
    ],
  });
  await producer.disconnect();
  await countOf(database, 'dead_letters', 4);
  await allCommitted({ progress });

  const settings = {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: prefix,
    CONSUMER_GROUP: consumer.group,
    CLICKHOUSE_URL: database.url,
    CLICKHOUSE_READER_URL: database.url,
    WORKER_URL: worker.url,
    ADMIN_TOKEN: ADMIN,
    WEBHOOK_TOKENS: JSON.stringify({ demo: [TOKEN], private: [PRIVATE_TOKEN] }),
    PRIVACY_KEY: KEY,
    CONSUMER_PORT: String(consumer.port),
  };
  const closed = {
    ...settings,
    KAFKA_BROKERS: '127.0.0.1:1',
    KAFKA_SSL: 'true',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: 'MARKSECRET',
    KAFKA_SASL_PASSWORD: 'MARKSECRET',
    WORKER_URL: 'http://127.0.0.1:1',
  };
  const refusing = {
    ...settings,
    ADMIN_TOKEN: WRONG,
    CLICKHOUSE_URL: withPassword(database.url, 'MARKSECRET'),
  };
  const unfit = {
    ...settings,
    CLICKHOUSE_URL: 'MARKSECRET',
    PRIVACY: 'MARKSECRET',
    WEBHOOK_TOKENS: 'MARKSECRET',
  };
  const run = async (script: string, args: string[], env: Record<string, string>) => {
    const { stdout, stderr } = await runScript(script, env, args).catch((fault) => fault);
    say(`${script} ${args.filter((each) => !MARK.test(each)).join(' ')}`, `${stdout}${stderr}`);
  };
  const tokensFile = join(await testDir('tokens'), 'tokens.json');
  const customer = 'MARKPERSON@customers.example';
  // A row that is another than its event: rebuild shows examples of what it would change.
  await database.client.command({
    query:
      "INSERT INTO resolutions_rows SELECT * REPLACE ('MARKPERSON before' AS customer_name) FROM resolutions LIMIT 1",
  });
  const commands: [script: string, ...args: string[]][] = [
    ['consumer/books/audit/main.ts'],
    ['consumer/books/audit/main.ts', '--json'],
    ['consumer/books/redrive/main.ts'],
    ['consumer/books/redrive/main.ts', '--all', '--dry-run'],
    ['consumer/books/redrive/main.ts', '--all', '--json', '--wait', '5'],
    ['consumer/books/rebuild/main.ts', '--table', 'resolutions'],
    ['consumer/books/rebuild/main.ts', '--table', 'resolutions', '--json'],
    ['consumer/books/rebuild/main.ts', '--unrecognized'],
    ['consumer/analytics/report/main.ts', 'channels'],
    ['consumer/analytics/report/main.ts', 'channels', '--format', 'json'],
    ['operate/doctor/main.ts'],
    ['operate/doctor/main.ts', '--json'],
    ['operate/tokens/main.ts', 'add', '--app', 'demo', '--file', tokensFile],
    ['operate/tokens/main.ts', 'list', '--file', tokensFile],
    ['operate/tokens/main.ts', 'remove', 'MARKWRONG', '--file', tokensFile],
    ['operate/erase/main.ts', '--app', 'demo', '--customer', customer, '--dry-run'],
    ['operate/erase/main.ts', '--app', 'private', '--customer', customer, '--json'],
  ];
  for (const [script, ...args] of commands) await run(script, args, settings);
  const onFaults = commands.filter(
    ([script, ...args]) => !script.includes('tokens') && !args.includes('--json'),
  );
  for (const env of [closed, refusing, unfit]) {
    await Promise.all(onFaults.map(([script, ...args]) => run(script, args, env)));
  }
  await run('consumer/main.ts', [], unfit);

  // A fault of Kafka: the topics go, and come back.
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics });
  await everyKind();
  await eventually(async () => {
    await get(`${worker.url}/status`, { authorization: `Bearer ${ADMIN}` });
    expect(said.at(-1)?.[1]).toMatch(/"last_fault":\{/);
  });
  await admin.disconnect();
  await run('operate/erase/main.ts', ['--app', 'demo', '--customer', customer, '--wait', '0'], settings);
  await get(`${consumer.url}/metrics`);
  await get(`${consumer.url}/metrics`, { accept: 'application/openmetrics-text' });
  say('the Worker', await readFile(worker.logFile, 'utf8'));
  say('the consumer', await readFile(consumer.logFile, 'utf8'));

  expect(said.length).toBeGreaterThan(80);
  const told = said.filter(([, text]) => MARK.test(text)).map(([who, text]) => [who, around(text)]);
  expect(told).toEqual([]);
  // The marks were there to be told: what is stored has those of persons and bodies, and none of secrets.
  const stored = [...(await everything(database)).values()].flat().join('\n');
  expect(stored).not.toMatch(/MARK(SECRET|TOKEN|ADMIN|KEY|WRONG)/i);
});

/** Where a mark stands, and what is around it. */
function around(text: string): string {
  const at = text.search(MARK);
  return text.slice(Math.max(0, at - 200), at + 60);
}

async function heldOn(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^qiscus_held_messages\{[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

function withPassword(url: string, password: string): string {
  const with_ = new URL(url);
  with_.username = 'somebody';
  with_.password = password;
  return with_.href;
}
