import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../local/ports.ts';
import { bundleWorker } from '../../local/worker/worker.ts';
import { baseEnvironment } from '../support/environment.ts';
import { runScript } from '../support/programs.ts';
import { type ClickHouseProxy, startClickHouseProxy } from './clickhouse-proxy.ts';
import { Ground } from './ground.ts';
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts';
import type { Supervised } from './parts.ts';
import * as parts from './parts.ts';

const APP = 'demo';
const TOKEN = 'local-token';
const ADMIN_TOKEN = 'local-admin';
const PREFIX = 'qiscus.';

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
  readonly parts: Record<'worker' | 'kafka' | 'clickhouse' | 'consumer', Supervised>;
  readonly proxies: { readonly kafka: KafkaProxy; readonly clickhouse: ClickHouseProxy };
  /** OUTBOX_SHARDS from the Worker's next start on. */
  setShards(shards: number): void;
  /** One more member of the consumer group, supervised as well. */
  secondConsumer(): Promise<Supervised>;
  /** Has both proxies pass on all, whatever they did before. */
  heal(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts all of it on free ports, on a ground of its own. */
export async function startPipeline(): Promise<Pipeline> {
  await using started = new AsyncDisposableStack();
  const ports = { kafka: await freePort(), clickhouse: await freePort(), worker: await freePort() };
  const proxies = {
    kafka: await startKafkaProxy(ports.kafka),
    clickhouse: await startClickHouseProxy(ports.clickhouse),
  };
  started.defer(() => proxies.kafka.set('cut'));
  started.defer(() => proxies.clickhouse.close());
  // Gone before the proxies are, through which the programs say goodbye.
  const ground = started.use(await Ground.make());
  const { dir } = ground;
  const run = (part: Supervised) => ground.run(part);
  const brokers = `127.0.0.1:${proxies.kafka.port}`;
  const clickHouseUrl = `http://127.0.0.1:${ports.clickhouse}/qiscus`;
  const [bundle, kafka, clickhouse] = await Promise.all([
    bundled(ground),
    parts.kafka({ dir, port: ports.kafka }, proxies.kafka.port).then(run),
    parts.clickHouse({ dir, port: ports.clickhouse }).then(run),
  ]);
  await Promise.all([
    runScript('operate/topics/main.ts', { KAFKA_BROKERS: brokers, TOPIC_PREFIX: PREFIX }),
    runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: clickHouseUrl }),
  ]);
  const settings = consumerSettings(brokers, proxies.clickhouse.port);
  const vars = workerVars(brokers);
  const consume = async (name: string) =>
    run(await parts.consumer({ dir, port: await freePort() }, name, settings));
  const [worker, consumer] = await Promise.all([
    parts.worker({ dir, port: ports.worker }, bundle, vars).then(run),
    consume('consumer'),
  ]);
  const running = started.move();
  const workerUrl = `http://127.0.0.1:${ports.worker}`;
  return {
    webhookUrl: `${workerUrl}/webhooks/${APP}/${TOKEN}`,
    workerUrl,
    adminToken: ADMIN_TOKEN,
    prefix: PREFIX,
    brokers,
    clickHouseUrl,
    parts: { worker, kafka, clickhouse, consumer },
    proxies,
    setShards: (shards) => {
      vars.OUTBOX_SHARDS = String(shards);
    },
    secondConsumer: () => consume('consumer-2'),
    heal: () => heal(proxies),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function workerVars(brokers: string): Record<string, string> {
  return {
    KAFKA_BROKERS: brokers,
    TOPIC_PREFIX: PREFIX,
    WEBHOOK_TOKENS: JSON.stringify({ [APP]: [TOKEN] }),
    ADMIN_TOKEN,
    OUTBOX_SHARDS: '3',
  };
}

function consumerSettings(brokers: string, clickHousePort: number): Record<string, string> {
  const url = `http://127.0.0.1:${clickHousePort}/qiscus`;
  return { KAFKA_BROKERS: brokers, TOPIC_PREFIX: PREFIX, CLICKHOUSE_URL: url };
}

async function heal({ kafka, clickhouse }: Pipeline['proxies']): Promise<void> {
  clickhouse.inserts({ how: 'pass' });
  kafka.refuseWrites(undefined);
  for (const proxy of [kafka, clickhouse]) {
    proxy.delay(0);
    await proxy.set('pass');
  }
}

async function bundled({ dir, signal }: Ground): Promise<string> {
  const bundleDir = join(dir, 'bundle');
  await mkdir(bundleDir);
  await bundleWorker({ bundleDir, env: baseEnvironment(), logFile: join(dir, 'bundle.log'), signal });
  return bundleDir;
}
