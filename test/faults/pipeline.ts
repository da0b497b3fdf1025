import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/ports.ts';
import { bundleWorker } from '../../local/worker/worker.ts';
import { baseEnvironment } from '../support/environment.ts';
import { runScript } from '../support/programs.ts';
import { type ClickHouseProxy, startClickHouseProxy } from './clickhouse-proxy.ts';
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts';
import type { Supervised } from './parts.ts';
import * as parts from './parts.ts';

const APP = 'demo';
const TOKEN = 'local-token';
const ADMIN_TOKEN = 'local-admin';
const PREFIX = 'qiscus.';
const SHARDS = 3;

/** The whole pipeline on the real parts, each under a supervisor, with proxies before Kafka and ClickHouse. */
export type Pipeline = {
  readonly webhookUrl: string;
  readonly workerUrl: string;
  readonly adminToken: string;
  readonly prefix: string;
  /** Kafka through its proxy. */
  readonly brokers: string;
  /** ClickHouse without its proxy, with the database in it. */
  readonly clickHouseUrl: string;
  readonly dir: string;
  readonly parts: Record<'worker' | 'kafka' | 'clickhouse' | 'consumer', Supervised>;
  readonly proxies: { readonly kafka: KafkaProxy; readonly clickhouse: ClickHouseProxy };
  /** One more member of the consumer group, supervised as well. */
  secondConsumer(): Promise<Supervised>;
  /** Has both proxies pass on all, whatever they did before. */
  heal(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts all of it on free ports in a folder of its own; disposed of, or with this process, all of it is gone. */
export async function startPipeline(): Promise<Pipeline> {
  await using started = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-faults-'));
  const all: Supervised[] = [];
  const goneWithUs = () => {
    for (const part of all) part.abandon();
    rmSync(dir, { recursive: true, force: true });
  };
  process.on('exit', goneWithUs);
  started.defer(() => {
    goneWithUs();
    process.off('exit', goneWithUs);
  });
  const place = async () => ({ dir, port: await freePort() });
  const places = { kafka: await place(), clickhouse: await place(), worker: await place() };
  const proxies = {
    kafka: await startKafkaProxy(places.kafka.port),
    clickhouse: await startClickHouseProxy(places.clickhouse.port),
  };
  started.defer(() => proxies.kafka.set('cut'));
  started.defer(() => proxies.clickhouse.close());
  const run = async (part: Supervised) => {
    all.push(part);
    started.defer(() => part.stop());
    await part.start();
    return part;
  };
  const brokers = `127.0.0.1:${proxies.kafka.port}`;
  const clickHouseUrl = `http://127.0.0.1:${places.clickhouse.port}/qiscus`;
  const [bundle, kafka, clickhouse] = await Promise.all([
    bundled(dir),
    parts.kafka(places.kafka, proxies.kafka.port).then(run),
    parts.clickHouse(places.clickhouse).then(run),
  ]);
  await Promise.all([
    runScript('schemas/create-topics.ts', { KAFKA_BROKERS: brokers, TOPIC_PREFIX: PREFIX }),
    runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: clickHouseUrl }),
  ]);
  const consumerSettings = {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: PREFIX,
    CLICKHOUSE_URL: `http://127.0.0.1:${proxies.clickhouse.port}/qiscus`,
  };
  // The pipeline that stops it is not the start, which is over then.
  const secondConsumer = async () => {
    const second = await parts.consumer(await place(), 'consumer-2', consumerSettings);
    all.push(second);
    await second.start();
    return second;
  };
  const vars = {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: PREFIX,
    WEBHOOK_TOKENS: JSON.stringify({ [APP]: [TOKEN] }),
    ADMIN_TOKEN,
    OUTBOX_SHARDS: String(SHARDS),
  };
  const [worker, consumer] = await Promise.all([
    parts.worker(places.worker, bundle, vars).then(run),
    parts.consumer(await place(), 'consumer', consumerSettings).then(run),
  ]);
  const running = started.move();
  const workerUrl = `http://127.0.0.1:${places.worker.port}`;
  return {
    webhookUrl: `${workerUrl}/webhooks/${APP}/${TOKEN}`,
    workerUrl,
    adminToken: ADMIN_TOKEN,
    prefix: PREFIX,
    brokers,
    clickHouseUrl,
    dir,
    parts: { worker, kafka, clickhouse, consumer },
    proxies,
    secondConsumer,
    heal: async () => {
      proxies.clickhouse.inserts({ how: 'pass' });
      proxies.kafka.refuseWrites(undefined);
      for (const proxy of Object.values(proxies)) {
        proxy.delay(0);
        await proxy.set('pass');
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function bundled(dir: string): Promise<string> {
  const bundleDir = join(dir, 'bundle');
  await mkdir(bundleDir);
  const signal = new AbortController().signal;
  await bundleWorker({ bundleDir, env: baseEnvironment(), logFile: join(dir, 'bundle.log'), signal });
  return bundleDir;
}
