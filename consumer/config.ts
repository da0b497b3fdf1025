import { type } from 'arktype';
import { booleanText, kafkaSettings } from '../schemas/kafka-settings.ts';
import { settingsError, wholeNumber } from '../schemas/settings.ts';
import { isLoopback } from './loopback.ts';
import { tracingSettings } from './tracing-settings.ts';

/** Where ClickHouse is and as whom to speak to it; the password stands here and nowhere in a log. */
export interface ClickHouseTarget {
  /** Scheme, host and port alone. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** `http://user:password@host:8123/database` in its parts; undefined when it is anything else. */
function clickHouseTarget(value: string): ClickHouseTarget | undefined {
  const url = URL.parse(value);
  const database = url?.pathname.slice(1).replace(/\/$/, '') ?? '';
  const username = decoded(url?.username ?? '');
  const password = decoded(url?.password ?? '');
  if (username === undefined || password === undefined) return undefined;
  // The name is put into CREATE DATABASE by the library that migrates: nothing but a plain name gets there.
  if (url === null || !/^https?:$/.test(url.protocol) || !/^[A-Za-z_]\w*$/.test(database)) return undefined;
  return {
    url: url.origin,
    username: username || 'default',
    password,
    database,
  };
}

/** Undefined where a percent sign stands for itself: what was meant cannot be told. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** `http://user:password@host:8123/database`, read into its parts. */
export const clickHouseUrl = type('string')
  .pipe(clickHouseTarget)
  .narrow(
    (target, context): target is ClickHouseTarget =>
      target !== undefined ||
      context.mustBe(
        'an http(s) URL with a database, such as http://user:password@host:8123/qiscus, and %25 for a percent sign',
      ),
  );

/** A blank at either end is one that nobody sees, and makes another group, which reads everything again. */
export const consumerGroup = type(/^\S(.{0,247}\S)?$/).describe(
  'at most 249 characters, without a blank at its ends',
);

/** Where the Worker is asked for its outboxes. */
export const workerUrl = type('string').narrow(
  (text, context) =>
    /^https?:$/.test(URL.parse(text)?.protocol ?? '') ||
    context.mustBe('an http(s) URL, such as https://worker.example.com'),
);

/** What a header can carry. */
export const adminToken = type(/^[!-~]+$/).describe("the Worker's, without a blank");

const port = wholeNumber(0, 65_535);

/** A hundred years at the most: beyond, somebody means for ever, which is to set nothing. */
const keepDays = wholeNumber(1, 36_500);

const ownSettings = type({
  // The environment holds much else, and Kafka's settings as they were before they were read.
  '+': 'delete',
  CONSUMER_GROUP: consumerGroup.default('qiscus-clickhouse'),
  CLICKHOUSE_URL: clickHouseUrl.default('http://127.0.0.1:8123/qiscus'),
  'CLICKHOUSE_READER_URL?': clickHouseUrl,
  // How many replicas must have a row before an answer says that it stands; "auto": more than half of them.
  CLICKHOUSE_INSERT_QUORUM: type(/^(\d{1,2}|auto)$/)
    .describe('a number of replicas, or auto')
    .default('0'),
  CONSUMER_PORT: port.default('8080'),
  CONSUMER_HOST: type('string > 0').default('127.0.0.1'),
  'DASHBOARD_TOKEN?': 'string >= 16',
  'WORKER_URL?': workerUrl,
  'ADMIN_TOKEN?': adminToken,
  CANARY: booleanText.default('true'),
  // Unset, for ever.
  'EVENTS_KEEP_DAYS?': keepDays,
  'MESSAGES_KEEP_DAYS?': keepDays,
  LOG_LEVEL: type("'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'").default('info'),
})
  .narrow(
    (settings, context) =>
      settings.DASHBOARD_TOKEN !== undefined ||
      isLoopback(settings.CONSUMER_HOST) ||
      context.reject({
        path: ['DASHBOARD_TOKEN'],
        expected: 'set, 16 characters or more, since CONSUMER_HOST lets other machines open the dashboard',
      }),
  )
  .narrow(
    (settings, context) =>
      settings.WORKER_URL === undefined ||
      settings.ADMIN_TOKEN !== undefined ||
      context.reject({ path: ['ADMIN_TOKEN'], expected: "set, since WORKER_URL is: the Worker's" }),
  )
  .pipe((settings) => ({
    ...settings,
    // The dashboard never reads as the user that writes.
    CLICKHOUSE_READER_URL: settings.CLICKHOUSE_READER_URL ?? {
      ...settings.CLICKHOUSE_URL,
      username: 'reader',
      password: '',
    },
  }));

export type ConsumerSettings = typeof kafkaSettings.infer &
  typeof ownSettings.infer &
  typeof tracingSettings.infer;

/**
 * The consumer's settings.
 * @throws SettingsError naming each setting that is missing or wrong
 */
export function readSettings(env: NodeJS.ProcessEnv): ConsumerSettings {
  const kafka = kafkaSettings(env);
  if (kafka instanceof type.errors) throw settingsError(kafka);
  const own = ownSettings(env);
  if (own instanceof type.errors) throw settingsError(own);
  const tracing = tracingSettings(env);
  if (tracing instanceof type.errors) throw settingsError(tracing);
  return { ...kafka, ...own, ...tracing };
}

const migrationSettings = type({
  CLICKHOUSE_URL: clickHouseUrl,
  // As ClickHouse's own configuration names it (remote_servers).
  'CLICKHOUSE_CLUSTER?': type(/^[A-Za-z_][\w-]*$/).describe('a plain name, such as main'),
  // In place of what a cluster is given, or one server.
  'CLICKHOUSE_REPLACING_ENGINE?': type(/^\w*ReplacingMergeTree$/),
  'CLICKHOUSE_DATABASE_ENGINE?': 'string',
});

export type MigrationSettings = typeof migrationSettings.infer;

/** The settings of `npm run migrate`. @throws SettingsError naming each setting that is missing or wrong */
export function readMigrationSettings(env: NodeJS.ProcessEnv): MigrationSettings {
  const settings = migrationSettings(env);
  if (settings instanceof type.errors) throw settingsError(settings);
  return settings;
}
