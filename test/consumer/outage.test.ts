import { expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { startClickHouseProxy } from '../faults/clickhouse-proxy.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { freshDatabase, startOwnClickHouse } from '../support/clickhouse.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, startOwnKafka, uniquePrefix } from '../support/kafka.ts';
import { sharedClickHouse } from '../support/shared.ts';
import { sessions } from './events.ts';
import { allCommitted, countOf, metric, startPath } from './setup.ts';

const RECOVERY_MS = 30_000;

const status = async (url: string) => (await fetch(url)).status;

test('events sent while ClickHouse is dead arrive, each once, within 30 seconds of its return; the consumer waits in its group', {
  tags: 'long',
}, async () => {
  const clickHouse = await startOwnClickHouse();
  const path = await startPath({ clickHouse: clickHouse.url });
  await path.publish.events(sessions(1, 100));
  await countOf(path.database, 'sessions', 100);
  await allCommitted(path);

  await clickHouse.kill();
  await path.publish.events(sessions(101, 300));
  await eventually(async () =>
    expect(await metric(path.consumer, 'qiscus_retries_total')).toBeGreaterThan(3),
  );
  expect(await path.progress()).toMatchObject({ behind: 200 });
  expect(await status(`${path.consumer.url}/healthz`)).toBe(200);
  expect(await status(`${path.consumer.url}/readyz`)).toBe(503);

  await clickHouse.start();
  await countOf(path.database, 'sessions', 300, RECOVERY_MS);
  await allCommitted(path);
  expect(await status(`${path.consumer.url}/readyz`)).toBe(200);
  expect(await metric(path.consumer, 'qiscus_group_joins_total')).toBe(1);
});

test('events sent before and after Kafka is killed arrive, each once, within 30 seconds of its return', {
  tags: 'long',
}, async () => {
  const kafka = await startOwnKafka();
  const path = await startPath({ brokers: kafka.brokers });
  await path.publish.events(sessions(1, 100));
  await countOf(path.database, 'sessions', 100);

  await kafka.kill();
  await eventually(async () => expect(await status(`${path.consumer.url}/readyz`)).toBe(503), {
    timeoutMs: 30_000,
  });
  expect(await status(`${path.consumer.url}/healthz`)).toBe(200);
  await kafka.start();
  await path.publish.events(sessions(101, 200));
  await countOf(path.database, 'sessions', 200, RECOVERY_MS);
  await allCommitted(path);
  expect(await status(`${path.consumer.url}/readyz`)).toBe(200);
});

test('a consumer that starts before Kafka waits for it', { tags: 'long' }, async () => {
  const port = await freePort();
  const brokers = `127.0.0.1:${port}`;
  const prefix = uniquePrefix();
  const { url: clickHouseUrl } = await freshDatabase();
  const early = await startConsumer({ topicPrefix: prefix, brokers, clickHouseUrl, until: 'serving' });
  expect(await status(`${early.url}/readyz`)).toBe(503);
  const kafka = await startOwnKafka({ port });
  await createTopics(prefix, kafka.brokers);
  await eventually(async () => expect(await status(`${early.url}/readyz`)).toBe(200), {
    timeoutMs: RECOVERY_MS,
  });
});

test('an insert that ClickHouse did and never answered is done again and counts once', {
  tags: 'long',
}, async () => {
  const proxy = await startClickHouseProxy(Number(new URL(await sharedClickHouse()).port));
  undoAfterwards(() => proxy.close());
  const path = await startPath({ consumerReaches: `http://127.0.0.1:${proxy.port}` });
  const answers = proxy.trap('answer', ({ table }) => table === 'events_rows');
  await path.publish.events(sessions(1, 50));
  await countOf(path.database, 'events', 50);
  expect(await path.progress()).toMatchObject({ committed: 0, behind: 50 });
  answers.drop();
  await countOf(path.database, 'sessions', 50);
  await allCommitted(path);
  await countOf(path.database, 'events', 50);
});
