import { type } from 'arktype';
import { kafkaSettings } from '../schemas/kafka-settings.ts';
import { settingsError } from '../schemas/settings.ts';

const positiveInteger = type('string.integer.parse').to('number > 0');

/** App → its tokens. An app's name is part of URLs, headers and outbox names, so it must need no escaping there. */
const webhookTokens = type('string.json.parse').to({
  '[/^[A-Za-z0-9._-]{1,100}$/]': '(string >= 8)[] > 0',
  '+': 'reject',
});

/** Redacted from every payload, by key name at any depth (contract with the vendor's samples in view). */
const SECRET_KEYS = [
  'authentication_token',
  'sdk_key',
  'qismo_key',
  'direct_login_token',
  'secret_key',
  'totp_token',
  'sdk_email',
  'encryption_key',
];

const redactKeys = type('string').pipe((list) => {
  const added = list.split(',').map((key) => key.trim().toLowerCase());
  return [...SECRET_KEYS, ...added.filter((key) => key !== '')];
});

const workerSettings = type({
  WEBHOOK_TOKENS: webhookTokens,
  ADMIN_TOKEN: 'string >= 8',
  MAX_BODY_BYTES: positiveInteger.default('900000'),
  OUTBOX_SHARDS: positiveInteger.default('4'),
  // A SQLite-backed Durable Object holds 10 GB, beyond which it fails: the outbox refuses before that.
  OUTBOX_MAX_BYTES: positiveInteger.default('8000000000'),
  DEDUP_DAYS: positiveInteger.default('30'),
  REDACT_KEYS: redactKeys.default(''),
}).and(kafkaSettings);

export type Settings = typeof workerSettings.infer;

/**
 * Reads the Worker's settings.
 *
 * @throws SettingsError naming every setting that is missing or wrong
 */
export function readSettings(variables: unknown): Settings {
  const settings = workerSettings(variables);
  if (settings instanceof type.errors) throw settingsError(settings);
  return settings;
}
