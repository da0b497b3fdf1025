import { resolve } from 'node:path';
import { type } from 'arktype';
import { readSettings as readConsumerSettings } from '../consumer/config.ts';
import { readTopicLayout } from '../operate/topics/layout.ts';
import { settingsError } from '../schemas/settings.ts';
import { readSettings as readWorkerSettings } from '../worker/config.ts';

const port = type('string.integer.parse').to('0 < number < 65536');

const schema = type({
  WORKER_PORT: port.default('8787'),
  KAFKA_PORT: port.default('9092'),
  CLICKHOUSE_PORT: port.default('8123'),
  CONSUMER_PORT: port.default('8080'),
  LOCAL_DIR: type('string > 0').default('.local'),
  'KAFKA_BROKERS?': 'string',
  'CLICKHOUSE_URL?': 'string',
  'WEBHOOK_TOKENS?': 'string',
  ADMIN_TOKEN: type('string').default('local-admin'),
  'npm_lifecycle_event?': 'string',
});

const DEMO_TOKENS = JSON.stringify({ demo: ['local-token'] });

// Of the Worker's settings, these are given to it when the environment has them.
const WORKER_SETTINGS = [
  'KAFKA_SSL',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_SASL_PLAIN_WITHOUT_TLS',
  'TOPIC_PREFIX',
  'MAX_BODY_BYTES',
  'OUTBOX_SHARDS',
  'OUTBOX_MAX_BYTES',
  'DEDUP_DAYS',
  'REDACT_KEYS',
  'PRIVACY',
  'PRIVACY_KEY',
  'CANARY',
];

/** What `npm start` needs to know; paths are absolute. */
export type LocalSettings = {
  dir: string;
  ports: { worker: number; kafka: number; clickHouse: number; consumer: number };
  /** Whether a Kafka or a ClickHouse is to be started, or one is given. */
  startsKafka: boolean;
  startsClickHouse: boolean;
  /** The webhook URL's path to show: without a token unless it is the demo's. */
  webhookPath: string;
  clickHouseUrl: string;
  workerVars: Record<string, string>;
  /** The environment for every program started: the user's own, with Kafka, ClickHouse and ports filled in. */
  env: NodeJS.ProcessEnv;
  underNpm: boolean;
};

/**
 * The settings of `npm start`, those of the parts that it starts with them: a part that refuses its own would only
 * be seen to end, again and again.
 * @throws SettingsError naming each setting that is wrong
 */
export function readSettings(env: NodeJS.ProcessEnv): LocalSettings {
  const settings = ownSettings(env);
  readWorkerSettings(settings.workerVars);
  readConsumerSettings(settings.env);
  readTopicLayout(settings.env);
  return settings;
}

function ownSettings(env: NodeJS.ProcessEnv): LocalSettings {
  const read = schema(env);
  if (read instanceof type.errors) throw settingsError(read);
  const brokers = read.KAFKA_BROKERS ?? `127.0.0.1:${read.KAFKA_PORT}`;
  const clickHouseUrl = read.CLICKHOUSE_URL ?? `http://127.0.0.1:${read.CLICKHOUSE_PORT}/qiscus`;
  const given = WORKER_SETTINGS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  return {
    dir: resolve(read.LOCAL_DIR),
    ports: {
      worker: read.WORKER_PORT,
      kafka: read.KAFKA_PORT,
      clickHouse: read.CLICKHOUSE_PORT,
      consumer: read.CONSUMER_PORT,
    },
    startsKafka: read.KAFKA_BROKERS === undefined,
    startsClickHouse: read.CLICKHOUSE_URL === undefined,
    webhookPath: read.WEBHOOK_TOKENS === undefined ? '/webhooks/demo/local-token' : '/webhooks/{app}/{token}',
    clickHouseUrl,
    workerVars: {
      ...Object.fromEntries(given),
      KAFKA_BROKERS: brokers,
      WEBHOOK_TOKENS: read.WEBHOOK_TOKENS ?? DEMO_TOKENS,
      ADMIN_TOKEN: read.ADMIN_TOKEN,
    },
    env: {
      ...env,
      KAFKA_BROKERS: brokers,
      CLICKHOUSE_URL: clickHouseUrl,
      CONSUMER_PORT: String(read.CONSUMER_PORT),
      WORKER_URL: `http://127.0.0.1:${read.WORKER_PORT}`,
      ADMIN_TOKEN: read.ADMIN_TOKEN,
    },
    underNpm: read.npm_lifecycle_event !== undefined,
  };
}
