import { Registry } from 'prom-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { CanaryMetrics } from '../../consumer/watch/canary.ts';
import { freePort } from '../../local/ports.ts';
import { CANARY_APP } from '../../schemas/canary.ts';
import { canaryTopic } from '../../schemas/topics.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';
import { startWholePath, type WholePath } from '../support/whole-path.ts';
import { ADMIN_TOKEN } from '../support/worker.ts';
import { sample } from '../worker/edge-helpers.ts';
import { event, groupProgress, publisher } from './events.ts';
import { countOf } from './setup.ts';

/** The Worker's answer about its outboxes, and about the canary's. */
async function statusOf({ worker }: WholePath) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return (await fetch(`${worker.url}/status`, { headers })).json() as Promise<{
    outboxes: { outbox: string }[];
    canary: { published: number; pending: number; last_sequence: number } | null;
  }>;
}

const ageIn = (metrics: string) => /^qiscus_canary_age_seconds (\S+)$/m.exec(metrics)?.[1];
const age = async ({ get }: WholePath) =>
  Number((ageIn(await get('/metrics')) ?? 'nothing').replace('+Inf', 'Infinity'));

describe('a canary', () => {
  let path: WholePath;
  beforeAll(async () => {
    path = await startWholePath();
    expect(await age(path)).toBe(Number.POSITIVE_INFINITY);
    await fetch(path.worker.webhookUrl, { method: 'POST', body: sample('session') });
    await path.sendCanary();
    await countOf(path.database, 'canaries', 1);
    await countOf(path.database, 'sessions', 1);
  });

  test('is sent by cron, goes the whole path, and is as young on the metrics as it is; without another it grows old', async () => {
    await eventually(async () => expect(await age(path)).toBeLessThan(30));
    const first = await age(path);
    await eventually(async () => expect(await age(path)).toBeGreaterThan(first + 1));
    const [row] = await path.database.rows('SELECT outbox, sequence, trace_id, topic FROM canaries');
    expect(row).toEqual({
      outbox: `${CANARY_APP}/0`,
      sequence: 1,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      topic: canaryTopic(path.prefix),
    });
  });

  test('is told apart by the Worker, which has published it', async () => {
    await eventually(async () =>
      expect((await statusOf(path)).canary).toMatchObject({ last_sequence: 1, published: 1, pending: 0 }),
    );
    const { outboxes } = await statusOf(path);
    expect(outboxes.map(({ outbox }) => outbox).filter((name) => name.startsWith(CANARY_APP))).toEqual([]);
  });

  test('stands in no table or view but its own', { tags: 'long' }, async () => {
    const names = await path.database.rows<{ name: string }>(`
      SELECT name FROM system.tables
      WHERE database = currentDatabase() AND name != 'canaries'
        -- A view that takes parameters has no columns until it has them; what it reads is asked itself.
        AND name IN (SELECT table FROM system.columns WHERE database = currentDatabase())`);
    expect(names.length).toBeGreaterThan(20);
    for (const { name } of names) {
      const sql = `SELECT count() AS n FROM (SELECT * FROM {name:Identifier}) AS t WHERE position(toString(tuple(t.*)), '${CANARY_APP}') > 0`;
      expect(await path.database.rows(sql, { name }), name).toEqual([{ n: 0 }]);
    }
    await countOf(path.database, 'events', 1);
  });

  test('is in no answer of the API, and on no metric of webhooks', { tags: 'long' }, async () => {
    const { queries } = JSON.parse(await path.get('/api/queries')) as {
      queries: { name: string; needs: string[] }[];
    };
    expect(queries.length).toBeGreaterThan(15);
    for (const { name, needs } of queries) {
      const given = new URLSearchParams(Object.fromEntries(needs.map((need) => [need, 'demo'])));
      const answer = await path.get(`/api/queries/${name}?${given}`);
      expect(answer, name).not.toContain(CANARY_APP);
      expect(answer, name).not.toContain('"status"');
    }
    const metrics = await path.get('/metrics');
    expect(metrics).not.toContain(`"${CANARY_APP}`);
    expect(metrics).toContain('qiscus_event_visible_seconds_count 1');
  });

  test('leaves the books balanced', async () => {
    const { stdout } = await runScript(
      'consumer/books/audit/main.ts',
      {
        WORKER_URL: path.worker.url,
        ADMIN_TOKEN,
        KAFKA_BROKERS: path.brokers,
        TOPIC_PREFIX: path.prefix,
        CLICKHOUSE_URL: path.database.url,
        CONSUMER_GROUP: path.consumer.group,
      },
      ['--json'],
    );
    expect(stdout).not.toContain(CANARY_APP);
  });

  test('that a table refuses is no dead letter, and holds nothing', async () => {
    const { client } = path.database;
    await client.command({ query: 'ALTER TABLE canaries ADD CONSTRAINT none CHECK 0' });
    await path.sendCanary();
    const topics = [canaryTopic(path.prefix)];
    await eventually(
      async () =>
        expect(await groupProgress(path.brokers, path.consumer.group, topics)).toEqual({
          committed: 2,
          behind: 0,
        }),
      { timeoutMs: 20_000 },
    );
    await countOf(path.database, 'dead_letters', 0);
    await countOf(path.database, 'canaries', 1);
  });
});

test('where CANARY is off, cron sends nothing, and no metric waits for it', { tags: 'long' }, async () => {
  const path = await startWholePath({ CANARY: 'false' });
  await path.sendCanary();
  expect((await statusOf(path)).canary).toBeNull();
  expect(await path.get('/metrics')).not.toContain('qiscus_canary_age_seconds');
});

test('without its topic, all other topics are read', async () => {
  const prefix = uniquePrefix();
  const [database, brokers] = await Promise.all([freshDatabase(), sharedBrokers()]);
  await createTopics(prefix);
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [canaryTopic(prefix)] });
  await eventually(async () => expect(await admin.listTopics()).not.toContain(canaryTopic(prefix)));
  await admin.disconnect();
  const publish = await publisher(brokers, prefix);
  await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl: database.url });
  await publish.events([event('session', sample('session'))]);
  await countOf(database, 'sessions', 1);
});

describe('the age', () => {
  async function ageWith(database: Database): Promise<string | undefined> {
    const [url, name] = [new URL(database.url).origin, database.name];
    const client = clickHouseClient({ url, username: 'default', password: '', database: name });
    undoAfterwards(() => client.close());
    const registry = new Registry();
    const metrics = new CanaryMetrics(client, registry);
    await metrics.refresh();
    return ageIn(await registry.metrics());
  }

  const put = (database: Database, hours: number) =>
    database.client.insert({
      table: 'canaries',
      values: [
        {
          event_id: String(hours),
          received_at: new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, -1),
        },
      ],
      format: 'JSONEachRow',
    });

  test('is that of the newest, and none from the future makes it young', async () => {
    const database = await freshDatabase();
    await put(database, 5);
    expect(await ageWith(database)).toBe('+Inf');
    await put(database, -2);
    await put(database, -1);
    const seconds = Number(await ageWith(database));
    expect(seconds).toBeGreaterThan(3_590);
    expect(seconds).toBeLessThan(3_700);
  });

  test('is infinite, and told, where ClickHouse does not answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}/gone`;
    expect(await ageWith({ url, name: 'gone' } as Database)).toBe('+Inf');
  });
});
