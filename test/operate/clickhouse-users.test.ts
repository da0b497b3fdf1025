import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS, settingsWithin } from '../../consumer/analytics/api/limits.ts';
import { readerClient } from '../../consumer/analytics/api/reader.ts';
import { markForeign } from '../../consumer/books/foreign/mark.ts';
import { dropMonth } from '../../consumer/books/retention/drop.ts';
import { EVENTS, MESSAGES } from '../../consumer/books/retention/retained.ts';
import { clickHouseUrl } from '../../consumer/config.ts';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import {
  BACKLOG_TABLE,
  BOOK_PAGES_TABLE,
  BOOK_TABLES_TABLE,
  CLOSED_EVENTS_TABLE,
  CLOSED_MESSAGES_TABLE,
  DISMISSALS_TABLE,
  DROPPED_TABLE,
  EVENT_IDS_TABLE,
  EVENT_NUMBERS_TABLE,
  EVENTS_TABLE,
  FACT_TABLES,
  FOREIGN_TABLE,
  KEPT_TABLE,
  PATHS_TABLE,
  REDRIVES_TABLE,
  REPEATED_IDS_TABLE,
  ROW_FORMATS,
  SEALS_TABLE,
  TOUCHES_TABLE,
} from '../../consumer/persist/tables.ts';
import { readUsers } from '../../local/clickhouse/users.ts';
import { lookAtWriter } from '../../operate/doctor/grants.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { event, publisher, sample } from '../consumer/events.ts';
import { metric } from '../consumer/setup.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { startOwnClickHouse } from '../support/clickhouse.ts';
import { startConsumer, type TestConsumer } from '../support/consumer.ts';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';
import { ADMIN_TOKEN, startWorker } from '../support/worker.ts';

const USERS = join(ROOT, 'operate', 'clickhouse', 'users.sql');
const ACCESS_DENIED = '497';
const READONLY = '164';
const SAMPLES: Readonly<Record<string, Kind>> = {
  'agent-logout.agent': 'agent-logout',
  session: 'session',
  resolution: 'resolution',
  message: 'message',
  allocation: 'allocation',
  'custom-button': 'custom-button',
};
const VIEWS = ['agent_logouts', 'sessions', 'resolutions', 'messages', 'allocations', 'button_clicks'];

/** The grants of operate/clickhouse/users.sql, given to the roles of a real engine. */
describe('of the users in users.sql', () => {
  let server: string;
  let consumer: TestConsumer;
  let settings: Record<string, string>;

  const urlOf = (user: string) => `${server.replace('//', `//${user}@`)}/qiscus`;

  beforeAll(async () => {
    server = (await startOwnClickHouse(USERS)).url;
    const brokers = await sharedBrokers();
    const prefix = uniquePrefix();
    settings = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix, CLICKHOUSE_URL: urlOf('migrator') };
    await Promise.all([runScript('consumer/persist/migrate.ts', settings), createTopics(prefix)]);
    consumer = await startConsumer({
      topicPrefix: prefix,
      brokers,
      clickHouseUrl: urlOf('writer'),
      // Says nothing of tables that are not replicated, and must be a setting that the engine takes.
      env: { CLICKHOUSE_INSERT_QUORUM: 'auto' },
    });
    const publish = await publisher(brokers, prefix);
    const events = Object.entries(SAMPLES).map(([name, kind], at) => event(kind, sample(name), at + 1));
    const forged = event('unrecognized', '{}', 99, { outbox: 'demo/1' });
    await publish.events([...events, event('unrecognized', '{"a":1}', 7), forged]);
    await publish.raw({ topic: 'session', value: Buffer.from('no event') });
  });

  /** @returns ClickHouse's code, or undefined where it did as it was told */
  async function refusal(user: string, query: string): Promise<string | undefined> {
    const url = `${server}/?${new URLSearchParams({ user, database: 'qiscus' })}`;
    const response = await fetch(url, { method: 'POST', body: query });
    await response.text();
    return response.headers.get('x-clickhouse-exception-code') ?? undefined;
  }

  function clientOf(user: string): ClickHouseClient {
    const client = createClient({ url: urlOf(user), log: { level: ClickHouseLogLevel.OFF } });
    undoAfterwards(() => client.close());
    return client;
  }

  /** As the project's own programs have it. */
  function rowClient(user: string): ClickHouseClient {
    const client = clickHouseClient(clickHouseUrl.assert(urlOf(user)));
    undoAfterwards(() => client.close());
    return client;
  }

  async function countOf(table: string): Promise<number> {
    const result = await clientOf('default').query({
      query: 'SELECT count() AS n FROM {table:Identifier}',
      query_params: { table },
      format: 'JSONEachRow',
    });
    const [row] = await result.json<{ n: string }>();
    return Number(row?.n);
  }

  /** What goes beyond any of the three, and would do harm. */
  const BEYOND_ALL = [
    'DROP DATABASE qiscus',
    'CREATE DATABASE other',
    'CREATE TABLE beside.t (a UInt8) ENGINE = MergeTree ORDER BY a',
    'DROP TABLE beside.theirs',
    'INSERT INTO beside.theirs VALUES (1)',
    'SELECT * FROM beside.theirs',
    'CREATE USER thief',
    'CREATE ROLE theft',
    'GRANT SELECT ON *.* TO qiscus_writer',
    'GRANT qiscus_migrator TO qiscus_writer',
    'ALTER USER default SETTINGS readonly = 0',
    'CREATE SETTINGS PROFILE p SETTINGS max_memory_usage = 1',
    'CREATE FUNCTION f AS (x) -> x',
    'SET ROLE ALL',
    'SET ROLE owner',
    'KILL QUERY WHERE 1',
    'SYSTEM FLUSH LOGS',
    'SYSTEM STOP MERGES sessions_rows',
    'SYSTEM DROP UNCOMPRESSED CACHE',
    'SYSTEM SHUTDOWN',
    "BACKUP TABLE sessions_rows TO File('backup')",
    "SELECT * FROM file('users.xml', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:9', system.one)",
    "INSERT INTO FUNCTION url('http://127.0.0.1:9/', 'CSV', 'a String') SELECT payload FROM events",
    'SELECT * FROM system.grants',
  ];

  const CHANGES = [
    'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a',
    'CREATE VIEW v AS SELECT 1',
    'CREATE MATERIALIZED VIEW v TO sessions_rows AS SELECT * FROM sessions_rows',
    'CREATE OR REPLACE VIEW sessions AS SELECT 1',
    'DROP TABLE sessions_rows',
    'DROP VIEW sessions',
    'DETACH TABLE sessions_rows',
    'TRUNCATE TABLE sessions_rows',
    'RENAME TABLE sessions_rows TO gone',
    'EXCHANGE TABLES sessions_rows AND resolutions_rows',
    'ALTER TABLE sessions_rows ADD COLUMN a UInt8',
    'ALTER TABLE sessions_rows DROP COLUMN notes',
    "ALTER TABLE sessions_rows UPDATE room_name = '' WHERE 1",
    'ALTER TABLE sessions_rows DELETE WHERE 1',
    'ALTER TABLE sessions_rows DROP PARTITION 202603',
    'ALTER TABLE sessions_rows MODIFY TTL now()',
    'DELETE FROM sessions_rows WHERE 1',
    'OPTIMIZE TABLE sessions_rows FINAL',
    "INSERT INTO business_hours (app_id, weekday, opens, closes, tz) VALUES ('', 1, '00:00', '00:00', 'UTC')",
    'INSERT INTO _migrations (version) VALUES (1)',
    `INSERT INTO ${REDRIVES_TABLE} (id) VALUES ('a')`,
    `INSERT INTO ${DISMISSALS_TABLE} (id) VALUES ('a')`,
  ];

  async function expectRefused(user: string, queries: readonly string[], code: string): Promise<void> {
    const answers: (readonly [string, string | undefined])[] = [];
    for (const query of queries) answers.push([query, await refusal(user, query)]);
    expect(answers).toEqual(queries.map((query) => [query, code]));
  }

  async function somethingBeside(): Promise<void> {
    expect(await refusal('default', 'CREATE DATABASE IF NOT EXISTS beside')).toBe(undefined);
    const table = 'CREATE TABLE IF NOT EXISTS beside.theirs (a UInt8) ENGINE = MergeTree ORDER BY a';
    expect(await refusal('default', table)).toBe(undefined);
  }

  test("each statement is SQL of the engine's own parser", async () => {
    const statements = (await readFile(USERS, 'utf8')).split(/;\n/).filter((text) => /^[A-Z]/m.test(text));
    expect(statements.length).toBeGreaterThan(20);
    for (const statement of statements) {
      const query = 'SELECT formatQuerySingleLine({statement:String})';
      const result = await clientOf('default').query({ query, query_params: { statement } });
      expect(await result.text()).toMatch(/CREATE (ROLE|USER) |GRANT /);
    }
  });

  test.each([
    'CREATE QUOTA q',
    'GRANT SELECT ON qiscus.* TO nobody',
    'CREATE USER IF NOT EXISTS a NOT IDENTIFIED',
  ])('no statement is left out that would make the local users other than a server’s: %s', (statement) => {
    expect(() => readUsers(`CREATE ROLE IF NOT EXISTS r; ${statement};`)).toThrow(statement);
  });

  test('the reader may look up the limits of its profile, within which its questions are bounded', async () => {
    const client = readerClient(clickHouseUrl.assert(urlOf('reader')));
    undoAfterwards(() => client.close());
    const wide = { ...LIMITS, memoryBytes: 10 ** 12 };
    const found = await settingsWithin(client, wide, AbortSignal.timeout(10_000));
    expect(found).toMatchObject({ max_rows_to_read: String(LIMITS.rowsToRead) });
    // More than the profile allows would be refused.
    expect(found).not.toHaveProperty('max_memory_usage');
    const narrow = await settingsWithin(client, { ...LIMITS, memoryBytes: 1 }, AbortSignal.timeout(10_000));
    expect(narrow).toMatchObject({ max_memory_usage: '1' });
    await client.query({ query: 'SELECT 1', clickhouse_settings: found }).then((result) => result.close());
  });

  test('the writer is enough for a consumer: events of all kinds and a dead letter are stored', async () => {
    await eventually(
      async () => {
        expect(await Promise.all(VIEWS.map(countOf))).toEqual(VIEWS.map(() => 1));
        expect(await countOf('events')).toBe(8);
        expect(await countOf('dead_letters')).toBe(1);
      },
      { timeoutMs: 30_000 },
    );
  });

  test('the writer is enough for what the consumer tells of the books', async () => {
    await eventually(
      async () =>
        expect(await metric(consumer, 'qiscus_audit_timestamp_seconds')).toBeGreaterThan(1_700_000_000),
      { timeoutMs: 30_000 },
    );
    expect(await metric(consumer, 'qiscus_audit_failures_total')).toBe(0);
    await markForeign(rowClient('writer'), async () => new Map([['demo/1', 5]]));
    expect(await countOf(FOREIGN_TABLE)).toBe(1);
  });

  test('the writer is enough to close a month and drop it', async () => {
    const old = "toDateTime64('2020-01-05 00:00:00', 3, 'UTC')";
    for (const [table, time] of [
      [EVENTS_TABLE, 'received_at'],
      [FACT_TABLES.message, 'occurred_at'],
    ]) {
      const copy = `INSERT INTO ${table} SELECT * REPLACE (${old} AS ${time}) FROM ${table} LIMIT 1`;
      expect(await refusal('default', copy)).toBe(undefined);
    }
    for (const retained of [EVENTS, MESSAGES]) {
      const signal = AbortSignal.timeout(30_000);
      expect(await dropMonth(rowClient('writer'), retained, 202001, signal)).toBe(true);
    }
    expect(await countOf('closed_events')).toBe(1);
    expect(await countOf('closed_messages')).toBe(1);
  });

  test('the writer is enough for the audit', async () => {
    const worker = await startWorker({
      topicPrefix: settings.TOPIC_PREFIX ?? '',
      brokers: settings.KAFKA_BROKERS ?? '',
    });
    const audited = runScript(
      'consumer/books/audit/main.ts',
      {
        ...settings,
        CLICKHOUSE_URL: urlOf('writer'),
        CONSUMER_GROUP: consumer.group,
        WORKER_URL: worker.url,
        ADMIN_TOKEN,
      },
      ['--json'],
    );
    // No outbox of this Worker has given out what was published by hand.
    const { code, stdout } = await audited.catch((error) => error);
    expect([code, JSON.parse(stdout)]).toEqual([1, expect.any(Object)]);
  });

  test('the reader is enough for the dashboard', async () => {
    for (const name of ['session-list', 'agents', 'completeness', 'freshness', 'latest-events']) {
      const response = await fetch(`${consumer.url}/api/queries/${name}?from=2026-03-01&to=2026-04-01`);
      expect([name, response.status, await response.text()]).toEqual([name, 200, expect.any(String)]);
    }
  });

  test('the writer inserts into the tables of the stream and what is found of them, and nowhere else', async () => {
    const { roles } = readUsers(await readFile(USERS, 'utf8'));
    const writer = roles.find(({ name }) => name === 'qiscus_writer');
    const inserts = writer?.grants.filter((grant) => !grant.startsWith('GRANT SELECT ON'));
    const recounted = [BOOK_PAGES_TABLE, EVENT_NUMBERS_TABLE];
    const books = [EVENT_IDS_TABLE, SEALS_TABLE, REPEATED_IDS_TABLE, BOOK_TABLES_TABLE];
    const closings = [CLOSED_EVENTS_TABLE, CLOSED_MESSAGES_TABLE, DROPPED_TABLE];
    const dropped = [EVENTS_TABLE, FACT_TABLES.message];
    const tables = [
      ...ROW_FORMATS.keys(),
      FOREIGN_TABLE,
      PATHS_TABLE,
      KEPT_TABLE,
      BACKLOG_TABLE,
      TOUCHES_TABLE,
      ...books,
      ...closings,
    ];
    expect(inserts?.toSorted()).toEqual(
      [
        ...tables.map((table) => `GRANT INSERT ON qiscus.${table}`),
        ...recounted.map((table) => `GRANT INSERT , ALTER DELETE ON qiscus.${table}`),
        ...dropped.map((table) => `GRANT ALTER DELETE ON qiscus.${table}`),
      ].toSorted(),
    );
  });

  test('the doctor finds the writer to have what it needs and no more, and says what others lack or have beyond', async () => {
    const look = (user: string) =>
      lookAtWriter(rowClient(user), { username: user, database: 'qiscus' }).then(({ lacks, exceeds }) =>
        [...lacks, ...exceeds].map(({ state, what }) => `${state}: ${what}`),
      );
    expect(await look('writer')).toEqual(['ok: writer may do what the consumer does']);
    expect(await look('reader')).toEqual([
      expect.stringMatching(/^failure: reader may not .*INSERT ON qiscus.events_rows/),
    ]);
    const [, beyond] = await look('migrator');
    expect(beyond).toMatch(/^warning: migrator may do more .*DROP TABLE ON qiscus.events_rows/);
    expect(beyond).not.toContain('*.*');
    const [, everything] = await look('default');
    expect(everything).toMatch(/SELECT ON \*\.\*, CREATE USER ON \*\.\*, SYSTEM ON \*\.\*$/);
  });

  test('the writer is refused anything more', async () => {
    await somethingBeside();
    await expectRefused(
      'writer',
      [...BEYOND_ALL, ...CHANGES, 'CREATE TEMPORARY TABLE t (a UInt8)'],
      ACCESS_DENIED,
    );
  });

  test('the reader is refused all but reading the database', async () => {
    await somethingBeside();
    const writes = [
      ...CHANGES,
      'INSERT INTO sessions_rows SELECT * FROM sessions_rows',
      'CREATE TEMPORARY TABLE t (a UInt8)',
      'SET readonly = 0',
    ];
    await expectRefused('reader', writes, READONLY);
    const answers = await Promise.all(BEYOND_ALL.map((query) => refusal('reader', query)));
    expect(new Set(answers)).toEqual(new Set([READONLY, ACCESS_DENIED]));
    expect(await refusal('reader', 'SELECT count() FROM audit')).toBe(undefined);
    const columns = "SELECT throwIf(count() = 0) FROM system.columns WHERE table = 'session_outcomes'";
    expect(await refusal('reader', columns)).toBe(undefined);
    expect(await refusal('reader', 'SELECT * FROM beside.theirs')).toBe(ACCESS_DENIED);
  });

  test('the migrator migrates, repairs, and does nothing beside the database', { tags: 'long' }, async () => {
    await somethingBeside();
    await expectRefused('migrator', BEYOND_ALL, ACCESS_DENIED);
    await runScript('consumer/persist/migrate.ts', settings);
    const rebuilt = await runScript('consumer/books/rebuild/main.ts', settings, [
      '--table',
      'sessions',
      '--apply',
    ]);
    expect(rebuilt.stdout).not.toBe('');
    expect(await countOf('sessions')).toBe(1);
    await runScript('consumer/books/rebuild/main.ts', settings, ['--unrecognized', '--apply']);
    const { id } = await firstLetter();
    await runScript('consumer/books/redrive/main.ts', settings, ['--id', id, '--dismiss', 'no event']);
    expect(await countOf(DISMISSALS_TABLE)).toBe(1);
    const worker = await startWorker({
      topicPrefix: settings.TOPIC_PREFIX ?? '',
      brokers: settings.KAFKA_BROKERS ?? '',
    });
    const erased = await runScript(
      'operate/erase/main.ts',
      { ...settings, CONSUMER_GROUP: consumer.group, WORKER_URL: worker.url, ADMIN_TOKEN },
      ['--app', 'demo', '--customer', '628xxxxxxxxxxx', '--json'],
    );
    expect(JSON.parse(erased.stdout)).toMatchObject({
      is_complete: true,
      before: { sessions: 1 },
      after: { sessions: 0 },
    });
  });

  async function firstLetter(): Promise<{ id: string }> {
    const result = await clientOf('reader').query({
      query: 'SELECT id FROM dead_letters LIMIT 1',
      format: 'JSONEachRow',
    });
    const [letter] = await result.json<{ id: string }>();
    return letter ?? { id: '' };
  }
});
