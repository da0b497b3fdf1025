import { expect } from 'vitest';
import { deadLetterTopic, eventTopics } from '../../schemas/topics.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { startConsumer, type TestConsumerOptions } from '../support/consumer.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { groupProgress, publisher } from './events.ts';

export interface PathOptions {
  /** `host:port` of another Kafka than the shared one. */
  readonly brokers?: string;
  /** URL of another ClickHouse than the shared one, where migrations are applied. */
  readonly clickHouse?: string;
  /** URL, without a database, by which the consumer reaches that ClickHouse: a proxy's. */
  readonly consumerReaches?: string;
  readonly until?: NonNullable<TestConsumerOptions['until']>;
}

/** Topics, a database and a consumer of a test's own, and a publisher to its topics. */
export async function startPath(options: PathOptions = {}) {
  const prefix = uniquePrefix();
  const brokers = options.brokers ?? (await sharedBrokers());
  const [database] = await Promise.all([
    freshDatabase(options.clickHouse),
    createTopics(prefix, options.brokers),
  ]);
  const publish = await publisher(brokers, prefix);
  const clickHouseUrl = options.consumerReaches
    ? new URL(`/${database.name}`, options.consumerReaches).href
    : database.url;
  const consumer = await startConsumer({
    topicPrefix: prefix,
    brokers,
    clickHouseUrl,
    ...(options.until && { until: options.until }),
  });
  const topics = [...eventTopics(prefix), deadLetterTopic(prefix)];
  const progress = () => groupProgress(brokers, consumer.group, topics);
  return { prefix, brokers, database, publish, consumer, clickHouseUrl, progress };
}

/** Waits until a view counts so many rows. */
export async function countOf(
  database: Database,
  view: string,
  count: number,
  timeoutMs = 30_000,
): Promise<void> {
  await eventually(
    async () =>
      expect(await database.rows('SELECT count() AS n FROM {view:Identifier}', { view })).toEqual([
        { n: count },
      ]),
    { timeoutMs },
  );
}

/** Waits until the group has committed all that is on its topics. */
export async function allCommitted(
  path: Pick<Awaited<ReturnType<typeof startPath>>, 'progress'>,
): Promise<void> {
  await eventually(async () => expect(await path.progress()).toMatchObject({ behind: 0 }), {
    timeoutMs: 30_000,
  });
}

/** The sum of one of the consumer's metrics over all its labels. */
export async function metric(consumer: { readonly url: string }, name: string): Promise<number> {
  const text = await (await fetch(`${consumer.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
