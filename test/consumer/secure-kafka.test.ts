import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { PASSWORD, type SecureKafka, startSecureKafka, USERNAME } from '../support/secure-kafka.ts';
import { startWorker } from '../support/worker.ts';
import { status } from '../worker/edge-helpers.ts';

const login = (mechanism: string) => ({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: USERNAME,
  KAFKA_SASL_PASSWORD: PASSWORD,
});

/** Longer than a login is good for, twice. */
const LONG_MS = 26_000;

describe('a Kafka that wants a login', () => {
  let kafka: SecureKafka;
  const prefix = uniquePrefix();

  beforeAll(async () => {
    kafka = await startSecureKafka();
    await createTopics(prefix, kafka.brokers);
  });

  test('is written to and read for longer than a login is good for: nothing is lost, and no connection is new', {
    tags: 'long',
  }, async () => {
    const database = await freshDatabase();
    const tls = { KAFKA_SSL: 'true', NODE_EXTRA_CA_CERTS: kafka.certificate };
    const consumer = await startConsumer({
      topicPrefix: prefix,
      brokers: kafka.tlsBrokers,
      clickHouseUrl: database.url,
      env: { ...tls, ...login('scram-sha-256') },
    });
    const worker = await startWorker({
      topicPrefix: prefix,
      brokers: kafka.plainBrokers,
      env: login('scram-sha-512'),
    });
    let posted = 0;
    for (const endMs = Date.now() + LONG_MS; Date.now() < endMs; posted += 5) {
      const answers = Array.from({ length: 5 }, (_, at) =>
        fetch(worker.webhookUrl, { method: 'POST', body: JSON.stringify({ number: posted + at }) }),
      );
      for (const { status: code } of await Promise.all(answers)) expect(code).toBe(202);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const count = async () =>
      (await database.rows<{ count: number }>('SELECT toUInt32(count()) AS count FROM events'))[0]?.count;
    await eventually(async () => expect(await count()).toBe(posted));
    const state = await status(worker);
    expect(state.pending).toBe(0);
    expect(state.outboxes.map(({ last_fault }) => last_fault)).toEqual([null, null, null, null]);
    const joins = (await (await fetch(`${consumer.url}/metrics`)).text()).match(
      /^qiscus_group_joins_total (\d+)/m,
    )?.[1];
    expect(joins).toBe('1');
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])('takes one by %s over TLS', async (mechanism) => {
    const settings = { KAFKA_BROKERS: kafka.tlsBrokers, TOPIC_PREFIX: prefix, KAFKA_SSL: 'true' };
    const env = { ...settings, NODE_EXTRA_CA_CERTS: kafka.certificate, ...login(mechanism) };
    const { stdout } = await runScript('operate/topics/main.ts', env);
    expect(stdout).toContain(`exists  ${prefix}session`);
  });

  test('refuses a wrong password, and the command says so without it', async () => {
    const settings = { KAFKA_BROKERS: kafka.plainBrokers, TOPIC_PREFIX: prefix, ...login('scram-sha-256') };
    const run = runScript('operate/topics/main.ts', {
      ...settings,
      KAFKA_SASL_PASSWORD: 'not-the-password',
    });
    const { code, stderr } = await run.catch((error) => error);
    expect(code).toBe(1);
    expect(stderr).toContain('refuses the login');
    expect(stderr).not.toContain('not-the-password');
  });

  test('with a certificate that nobody trusts is not spoken to, and that is told', async () => {
    const worker = await startWorker({
      topicPrefix: prefix,
      brokers: kafka.tlsBrokers,
      env: { KAFKA_SSL: 'true', OUTBOX_SHARDS: '1', ...login('scram-sha-256') },
    });
    expect((await fetch(worker.webhookUrl, { method: 'POST', body: '{"a":1}' })).status).toBe(202);
    await eventually(async () => expect((await status(worker)).outboxes[0]?.last_fault).not.toBeNull());
    expect((await status(worker)).pending).toBe(1);
    expect(await readFile(worker.logFile, 'utf8')).not.toContain(PASSWORD);
  });
});
