import { freePort } from '../../local/ports.ts';
import { tick } from '../../local/worker/clock.ts';
import { freshDatabase } from './clickhouse.ts';
import { startConsumer } from './consumer.ts';
import { createTopics, uniquePrefix } from './kafka.ts';
import { sharedBrokers } from './shared.ts';
import { ADMIN_TOKEN, startWorker } from './worker.ts';

/**
 * Everything from the Worker with its cron to the consumer, which asks that Worker, on topics and a database of a
 * test's own.
 * @param env more settings of both
 */
export async function startWholePath(env: Record<string, string> = {}) {
  const topicPrefix = uniquePrefix();
  const [database, brokers, clockPort] = await Promise.all([freshDatabase(), sharedBrokers(), freePort()]);
  await createTopics(topicPrefix);
  const worker = await startWorker({ topicPrefix, brokers, clockPort, env });
  const consumer = await startConsumer({
    topicPrefix,
    brokers,
    clickHouseUrl: database.url,
    env: { WORKER_URL: worker.url, ADMIN_TOKEN, CLICKHOUSE_READER_URL: database.url, ...env },
  });
  /** What the consumer answers there. */
  const get = async (path: string) => (await fetch(`${consumer.url}${path}`)).text();
  const sendCanary = () => tick(clockPort);
  return { prefix: topicPrefix, brokers, database, worker, consumer, get, sendCanary };
}

export type WholePath = Awaited<ReturnType<typeof startWholePath>>;
