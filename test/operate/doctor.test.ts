import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { type Deployment, lookAtDeployment } from '../../operate/doctor/deployment.ts';
import { diagnose } from '../../operate/doctor/diagnose.ts';
import type { Finding } from '../../operate/doctor/finding.ts';
import { lookAtReader, lookAtWriter } from '../../operate/doctor/grants.ts';
import { lookAtReach } from '../../operate/doctor/reach.ts';
import { lookAtWorkerSettings, readPlaces } from '../../operate/doctor/settings.ts';
import { startPath } from '../consumer/setup.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { emptyDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { alterTopics, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { ADMIN_TOKEN, startWorker } from '../support/worker.ts';

const STRONG = 'a-token-of-forty-characters-0123456789ab';
const SECRETS = ['local-token', ADMIN_TOKEN, STRONG, 'no-such-password'];

interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Failures and warnings, a line each. */
  readonly told: string;
}

/** Has everything looked at; in what is found there is no secret. */
async function doctor(settings: Record<string, string>, isBeforeDeploy = false): Promise<Diagnosis> {
  const findings = await diagnose(settings, isBeforeDeploy);
  for (const secret of SECRETS) expect(JSON.stringify(findings)).not.toContain(secret);
  const told = findings.filter(({ state }) => state === 'failure' || state === 'warning');
  return { findings, told: told.map((each) => `${each.area}: ${each.what}. ${each.mend}`).join('\n') };
}

/** What a ClickHouse with passwords says to a wrong one: the local one has none. */
async function refusing(): Promise<string> {
  const url = await serving((response) => {
    response.writeHead(403, { 'x-clickhouse-exception-code': '516' });
    response.end('Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)');
  });
  return `${url.replace('//', '//default:no-such-password@')}/qiscus`;
}

/** A server for one test. */
async function serving(answer: (response: ServerResponse, query: string) => void): Promise<string> {
  const server = createServer(async (request, response) => answer(response, await text(request)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  undoAfterwards(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a doctor', () => {
  let healthy: Record<string, string>;

  beforeAll(async () => {
    const { prefix, brokers, database } = await startPath();
    const worker = await startWorker({ topicPrefix: prefix, brokers });
    const consumer = await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl: database.url });
    healthy = {
      KAFKA_BROKERS: brokers,
      TOPIC_PREFIX: prefix,
      CONSUMER_GROUP: consumer.group,
      CONSUMER_PORT: String(consumer.port),
      CLICKHOUSE_URL: database.url,
      WORKER_URL: worker.url,
      ADMIN_TOKEN,
      WEBHOOK_TOKENS: JSON.stringify({ demo: ['local-token', STRONG] }),
    };
  });

  test('finds a set-up that works healthy, and says what is weak in it', { tags: 'long' }, async () => {
    const { told, findings } = await doctor(healthy);
    expect(told).toMatch(/^settings: a webhook token of app demo has fewer than 32 characters/);
    expect(findings.filter(({ state }) => state === 'ok').length).toBeGreaterThan(6);
    const { stdout } = await runScript('operate/doctor/main.ts', healthy);
    expect(stdout).toContain('Healthy, with 2 to look at');
    const ill = runScript('operate/doctor/main.ts', { ...healthy, TOPIC_PREFIX: uniquePrefix() }, ['--json']);
    const { code, stdout: json } = await ill.catch((error) => error);
    expect([code, JSON.parse(json).healthy]).toEqual([1, false]);
  });

  test.each([
    ['topics that are not there', () => ({ TOPIC_PREFIX: uniquePrefix() }), /not there.*npm run topics/],
    [
      'a Kafka that is away',
      async () => ({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }),
      /kafka: No Kafka answers/,
    ],
    [
      'nobody in the consumer group',
      () => ({ CONSUMER_GROUP: uniquePrefix() }),
      /nobody is in the consumer group/,
    ],
    [
      'a ClickHouse that is away',
      async () => ({ CLICKHOUSE_URL: `http://127.0.0.1:${await freePort()}/qiscus` }),
      /clickhouse: as default: No ClickHouse answers/,
    ],
    [
      'a ClickHouse that refuses the password',
      async () => ({ CLICKHOUSE_URL: await refusing() }),
      /clickhouse: as default: ClickHouse at .* refuses this user/,
    ],
    [
      'tables that are not migrated',
      async () => ({ CLICKHOUSE_URL: (await emptyDatabase()).url }),
      /migrations up to 0 of .*npm run migrate/,
    ],
    [
      "a dashboard's user who can write",
      () => ({ CLICKHOUSE_READER_URL: healthy.CLICKHOUSE_URL ?? '' }),
      /the dashboard's user default can write/,
    ],
    [
      'a Worker that is away',
      async () => ({ WORKER_URL: `http://127.0.0.1:${await freePort()}` }),
      /worker: no Worker answers/,
    ],
    [
      'an ADMIN_TOKEN that is not the Worker’s',
      () => ({ ADMIN_TOKEN: STRONG }),
      /worker: it refuses ADMIN_TOKEN/,
    ],
    [
      'a consumer that is away',
      async () => ({ CONSUMER_PORT: String(await freePort()) }),
      /consumer: no consumer answers/,
    ],
    [
      'settings that the Worker would refuse',
      () => ({ MAX_BODY_BYTES: '5' }),
      /settings: settings do not fit: MAX_BODY_BYTES/,
    ],
    [
      'weak tokens on another machine',
      () => ({ WORKER_URL: 'http://worker.invalid' }),
      /settings: ADMIN_TOKEN has fewer than 32 characters.*npm run tokens/,
    ],
  ])('finds %s, and says how to mend it', async (_, broken, told) => {
    const diagnosis = await doctor({ ...healthy, ...(await broken()) });
    expect(diagnosis.told).toMatch(told);
  });

  test('does not say that the dashboard’s user can write where an insert fails for another reason', async () => {
    const url = await serving((response, query) => {
      const isInsert = query.startsWith('INSERT');
      if (isInsert) response.writeHead(500, { 'x-clickhouse-exception-code': '242' });
      response.end(
        isInsert ? 'Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)' : '',
      );
    });
    const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } });
    undoAfterwards(() => client.close());
    expect(await lookAtReader(client, 'reader')).toEqual({
      area: 'clickhouse',
      state: 'unknown',
      what: expect.stringMatching(/whether reader could write: .* 242 TABLE_IS_READ_ONLY$/),
    });
  });

  test('says that it does not know what the consumer’s user may do where ClickHouse cannot be asked', async () => {
    const url = await serving((response) => {
      response.writeHead(400, { 'x-clickhouse-exception-code': '62' });
      response.end('Code: 62. DB::Exception: Syntax error: failed at position 1 (CHECK). (SYNTAX_ERROR)');
    });
    const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } });
    undoAfterwards(() => client.close());
    const { lacks, exceeds } = await lookAtWriter(client, { username: 'writer', database: 'qiscus' });
    expect([lacks.map(({ state }) => state), exceeds]).toEqual([['unknown'], []]);
  });

  test('finds topics that would lose events or refuse them', async () => {
    const { TOPIC_PREFIX: prefix = '', KAFKA_BROKERS: brokers = '' } = healthy;
    const topics = [`${prefix}session`, `${prefix}message`, `${prefix}allocation`];
    const broken = { 'cleanup.policy': 'compact', 'max.message.bytes': '100000', 'retention.ms': '3600000' };
    await Promise.all(
      Object.entries(broken).map(([name, value], at) =>
        alterTopics(brokers, topics.slice(at, at + 1), { [name]: value }),
      ),
    );
    const { told } = await doctor(healthy);
    expect(told).toMatch(/session: cleanup.policy is compact/);
    expect(told).toMatch(/message: max.message.bytes is 100000/);
    expect(told).toMatch(/allocation: retention is 1 h/);
    await alterTopics(brokers, topics, { 'cleanup.policy': 'delete' });
  });

  test('finds an outbox that does not publish, is refused, is nearly full, or forgets', async () => {
    const counts = { pending: 3, oldest_age_ms: 3_600_000, database_bytes: 90, max_database_bytes: 100 };
    const since = '2026-03-01T00:00:00.000Z';
    const more = { set_aside_total: 1, remembers_since: since, last_fault: { what: 'ECONNREFUSED' } };
    const outboxes = [
      { outbox: 'demo/0', ...counts, ...more },
      { outbox: 'demo/1', unavailable: true },
    ];
    const canary = { outbox: '_canary/0', ...counts, ...more };
    const url = await serving((response) => response.end(JSON.stringify({ outboxes, canary })));
    const { told } = await doctor({ ...healthy, WORKER_URL: url });
    expect(told).toContain('outbox _canary/0: 3 events wait');
    expect(told).toContain('outbox demo/0: 3 events wait, the oldest for 60 min; last fault: ECONNREFUSED');
    expect(told).toContain('Kafka refuses 1 events');
    expect(told).toContain('its database has grown to 90 % of its limit');
    expect(told).toContain(`redeliveries from before ${since} are not known`);
    expect(told).toContain('outbox demo/1 does not answer');
  });

  test('says before a deployment only what can be known then', async () => {
    const { findings } = await doctor({ ...healthy, CONSUMER_GROUP: uniquePrefix() }, true);
    const areas = new Set(findings.map(({ area }) => area));
    expect(areas).toEqual(new Set(['settings', 'deployment', 'kafka', 'clickhouse']));
    expect(findings.some(({ what }) => what.includes('consumer group'))).toBe(false);
  });
});

describe('how the Worker is deployed', () => {
  const NOW_MS = Date.UTC(2026, 10, 26);
  const GOOD: Deployment = {
    compatibility_date: '2026-08-01',
    compatibility_flags: ['nodejs_compat'],
    durable_objects: {
      bindings: [
        { name: 'OUTBOX', class_name: 'Outbox' },
        { name: 'LAYOUTS', class_name: 'Layouts' },
        { name: 'REFUSALS', class_name: 'Refusals' },
      ],
    },
    migrations: [
      { tag: 'v1', new_sqlite_classes: ['Outbox'] },
      { tag: 'v2', new_sqlite_classes: ['Refusals', 'Layouts'] },
    ],
    vars: {},
  };

  test('is as the repository has it', () => {
    expect(lookAtDeployment(GOOD, NOW_MS)).toMatchObject([{ state: 'ok' }]);
  });

  test.each<[string, Partial<Deployment>]>([
    [
      'no migration makes Layouts',
      { migrations: [{ tag: 'v1', new_sqlite_classes: ['Outbox', 'Refusals'] }] },
    ],
    [
      'the binding OUTBOX is missing',
      { durable_objects: { bindings: GOOD.durable_objects.bindings.slice(1) } },
    ],
    ['compatibility_date is 2027-01-01', { compatibility_date: '2027-01-01' }],
    ['compatibility_date is missing', { compatibility_date: undefined }],
    ['nodejs_compat is missing', { compatibility_flags: [] }],
  ])('and fails where %s', (what, broken) => {
    const findings = lookAtDeployment({ ...GOOD, ...broken }, NOW_MS);
    expect(findings).toMatchObject([{ state: 'failure', what: expect.stringContaining(what) }]);
  });

  test.each([
    ['127.0.0.1:9092', 'true', /that is the Worker itself/],
    ['kafka.example.com:9093', 'false', /as plain text/],
    ['other.example.com:9093', 'true', /another Kafka was looked at/],
  ])('is told what a Worker on the platform would not reach: %s, TLS %s', (brokers, ssl, told) => {
    const kafka = { KAFKA_BROKERS: 'kafka.example.com:9093', KAFKA_SSL: 'true' };
    const places = readPlaces({
      ...kafka,
      ADMIN_TOKEN: STRONG,
      WORKER_URL: 'https://w',
      CLICKHOUSE_URL: 'http://c/q',
    });
    expect(lookAtReach({ KAFKA_BROKERS: brokers, KAFKA_SSL: ssl }, places)[0]?.what).toMatch(told);
    expect(lookAtReach(kafka, places)).toEqual([]);
  });

  test('is not judged by secrets that nobody gave', () => {
    expect(lookAtWorkerSettings({}, {})).toMatchObject([
      { state: 'warning', what: expect.stringContaining('WEBHOOK_TOKENS') },
    ]);
  });
});
