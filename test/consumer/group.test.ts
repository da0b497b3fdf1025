import { expect, test } from 'vitest';
import { startClickHouseProxy } from '../faults/clickhouse-proxy.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { startConsumer } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { startProxy } from '../support/proxy.ts';
import { sharedClickHouse } from '../support/shared.ts';
import { sessions } from './events.ts';
import { allCommitted, countOf, metric, startPath } from './setup.ts';

// The group's session time-out: a consumer that leaves in order does not make the next one wait for it.
const SESSION_MS = 10_000;

test('a consumer killed between insert and commit: its events are read again and count once', async () => {
  const proxy = await startClickHouseProxy(Number(new URL(await sharedClickHouse()).port));
  undoAfterwards(() => proxy.close());
  const path = await startPath({ consumerReaches: `http://127.0.0.1:${proxy.port}` });
  const answers = proxy.trap('answer', ({ table }) => table === 'events_rows');
  await path.publish.events(sessions(1, 200));
  await countOf(path.database, 'events', 200);
  expect(await path.progress()).toMatchObject({ committed: 0, behind: 200 });
  await path.consumer.kill();
  answers.drop();
  await path.consumer.start();
  await countOf(path.database, 'sessions', 200);
  await allCommitted(path);
  await countOf(path.database, 'events', 200);
});

test('two consumers share the partitions; what one was at when the other came or went counts once', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await path.publish.events(sessions(1, 300));
  const second = await startConsumer({
    topicPrefix: path.prefix,
    brokers: path.brokers,
    clickHouseUrl: path.clickHouseUrl,
    group: path.consumer.group,
  });
  await path.publish.events(sessions(301, 900));
  await countOf(path.database, 'sessions', 900);
  await allCommitted(path);
  const readBySecond = await metric(second, 'qiscus_consumed_total');
  expect(readBySecond).toBeGreaterThan(0);
  expect(await metric(path.consumer, 'qiscus_consumed_total')).toBeGreaterThan(0);

  await path.publish.events(sessions(901, 1_200));
  await second.kill();
  await path.publish.events(sessions(1_201, 1_500));
  await countOf(path.database, 'sessions', 1_500);
  await allCommitted(path);
  expect(await path.database.rows('SELECT uniqExact(event_id) AS n FROM sessions')).toEqual([{ n: 1_500 }]);
});

test('SIGTERM: the batch in hand is stored and committed, the group left, and the exit code is 0', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  await path.publish.events(sessions(1, 500));
  await eventually(async () =>
    expect(await metric(path.consumer, 'qiscus_consumed_total')).toBeGreaterThan(0),
  );
  const ended = path.consumer.ended();
  await path.consumer.stop();
  expect(await ended).toBe(0);
  const { committed } = await path.progress();
  await countOf(path.database, 'events', committed);
  expect(committed).toBeGreaterThan(0);

  const startedMs = performance.now();
  await path.consumer.start();
  expect(performance.now() - startedMs).toBeLessThan(SESSION_MS);
  await countOf(path.database, 'sessions', 500);
});

test('SIGTERM while ClickHouse is away: it ends within ten seconds, and what was not stored is not committed', {
  tags: 'long',
}, async () => {
  const proxy = await startProxy(Number(new URL(await sharedClickHouse()).port));
  const path = await startPath({ consumerReaches: `http://127.0.0.1:${proxy.port}` });
  await proxy.set('hang');
  await path.publish.events(sessions(1, 20));
  await eventually(async () => expect(await metric(path.consumer, 'qiscus_consumed_total')).toBe(20));
  const ended = path.consumer.ended();
  const stoppedMs = performance.now();
  await path.consumer.stop();
  expect(await ended).toBe(0);
  expect(performance.now() - stoppedMs).toBeLessThan(10_000);
  expect(await path.progress()).toMatchObject({ committed: 0, behind: 20 });
  await proxy.set('pass');
  await path.consumer.start();
  await countOf(path.database, 'sessions', 20);
});
