import { type } from 'arktype';
import { adminToken, clickHouseUrl, consumerGroup, workerUrl } from '../../consumer/config.ts';
import { isLoopback } from '../../consumer/loopback.ts';
import { type KafkaSettings, kafkaSettings } from '../../schemas/kafka-settings.ts';
import { SettingsError, settingsError, wholeNumber } from '../../schemas/settings.ts';
import { readSettings as readWorkerSettings } from '../../worker/config.ts';
import { type Finding, findingsOf } from './finding.ts';

/** A token of so many characters, drawn from 64, cannot be guessed. */
const STRONG = 32;
const { ok, warning, failure } = findingsOf('settings');

const places = type({
  '+': 'delete',
  WORKER_URL: workerUrl,
  ADMIN_TOKEN: adminToken,
  CLICKHOUSE_URL: clickHouseUrl,
  'CLICKHOUSE_READER_URL?': clickHouseUrl,
  CONSUMER_GROUP: consumerGroup.default('qiscus-clickhouse'),
  CONSUMER_HOST: type('string > 0').default('127.0.0.1'),
  CONSUMER_PORT: wholeNumber(0, 65_535).default('8080'),
  MAX_BODY_BYTES: wholeNumber(1, 10_000_000).default('900000'),
});

/** Where everything is, and by what to get in. */
export type Places = KafkaSettings & typeof places.infer;

/** @throws SettingsError naming each setting that is missing or wrong */
export function readPlaces(env: NodeJS.ProcessEnv): Places {
  const kafka = kafkaSettings(env);
  if (kafka instanceof type.errors) throw settingsError(kafka);
  const read = places(env);
  if (read instanceof type.errors) throw settingsError(read);
  return { ...kafka, ...read };
}

/**
 * Looks at the Worker's settings as it would: its variables, and the secrets as far as the environment has them.
 * @param variables of `wrangler.toml`
 */
export function lookAtWorkerSettings(
  variables: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Finding[] {
  const { WEBHOOK_TOKENS, ADMIN_TOKEN } = env;
  const hasRules = (env.PRIVACY ?? variables.PRIVACY ?? '{}') !== '{}';
  const isKeyMissing = hasRules && env.PRIVACY_KEY === undefined;
  if (WEBHOOK_TOKENS === undefined || ADMIN_TOKEN === undefined || isKeyMissing) {
    const secrets = { WEBHOOK_TOKENS, ADMIN_TOKEN };
    const missing = Object.entries(secrets).find(([, value]) => value === undefined)?.[0] ?? 'PRIVACY_KEY';
    return [
      warning(
        `${missing} is not in the environment: whether the Worker's secrets are strong is not known`,
        missing === 'PRIVACY_KEY'
          ? 'Set it for this command, as the Worker has it.'
          : 'Set it for this command: "npm run tokens -- add" makes one and says how.',
      ),
    ];
  }
  try {
    const settings = readWorkerSettings({ ...variables, ...env });
    const tokens = Object.entries(settings.WEBHOOK_TOKENS).flatMap(([app, all]) =>
      all.map((token) => ({ whose: `a webhook token of app ${app}`, token })),
    );
    const isOnTrial = isLoopback(new URL(env.WORKER_URL ?? 'http://0.0.0.0').hostname);
    const weak = [...tokens, { whose: 'ADMIN_TOKEN', token: ADMIN_TOKEN }].filter(
      ({ token }) => token.length < STRONG,
    );
    const told = weak.map(({ whose }) => {
      const what = `${whose} has fewer than ${STRONG} characters: it could be guessed`;
      if (isOnTrial)
        return warning(`${what}, were this not on this machine alone`, 'Never use it elsewhere.');
      return failure(
        what,
        'Make a strong one: "npm run tokens -- add --app …", and for ADMIN_TOKEN "npm run tokens -- admin".',
      );
    });
    return [ok('the Worker takes its settings'), ...told];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [
      failure(
        error.message,
        'Variables stand in wrangler.toml, secrets are put with "npx wrangler secret put".',
      ),
    ];
  }
}
