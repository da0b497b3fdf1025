import { type } from 'arktype';
import { booleanText, kafkaSettings } from '../schemas/kafka-settings.ts';
import { settingsError, wholeNumber } from '../schemas/settings.ts';
import { keyTrouble, privacy } from './privacy-settings.ts';

/** An app's name is part of URLs, headers and outbox names, and must need no escaping there, nor mean a folder. */
const APP = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** How hard it is to guess is for people to see to: what does not fit here cannot be a secret, or be sent as one. */
const SECRET = /^[!-~]{8,1000}$/;
const DISTINCT_CHARACTERS = 4;

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && SECRET.test(value) && new Set(value).size >= DISTINCT_CHARACTERS;
}

const SECRET_MEANS = `8 characters or more, ${DISTINCT_CHARACTERS} different ones among them, none a blank or outside of ASCII`;

/** App → its tokens. */
type WebhookTokens = Readonly<Record<string, readonly string[]>>;

/** Undefined for what is no JSON: what the parser says of it quotes a secret. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isWebhookTokens(value: unknown): value is WebhookTokens {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const apps = Object.entries(value);
  const isApp = ([app, tokens]: [string, unknown]) =>
    APP.test(app) && Array.isArray(tokens) && tokens.length > 0 && tokens.every(isSecret);
  return apps.length > 0 && apps.every(isApp);
}

/** Told as a whole: the name of an app that is wrong may be a token that stands in the wrong place. */
const webhookTokens = type('string')
  .pipe(parsed)
  .narrow(
    (value, context): value is WebhookTokens =>
      isWebhookTokens(value) ||
      context.mustBe(
        'JSON such as {"app":["token"]}: at least one app, each with a name of letters, digits, dots, dashes and ' +
          `underscores and at least one token, and each token of ${SECRET_MEANS}`,
      ),
  );

const adminToken = type('string').narrow((token, context) => isSecret(token) || context.mustBe(SECRET_MEANS));

/** Redacted from every payload, by key name at any depth (contract with the vendor's samples in view). */
export const SECRET_KEYS = [
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

/**
 * What Kafka takes of a message unless its `message.max.bytes` is raised is 1,048,588 bytes, and key and headers need
 * some of it; what a row of a Durable Object takes is 2 MB. A larger body would be answered 202 and never get through.
 */
const MOST_BODY_BYTES = 1_000_000;
/** No webhook is as small: each would be refused. */
const LEAST_BODY_BYTES = 100;
/** Each is a Durable Object for each app, which takes hundreds of events a second, and `/status` asks them all. */
const MOST_SHARDS = 64;
/** A SQLite-backed Durable Object holds 10 GB, beyond which it fails: the outbox refuses before that. */
const MOST_OUTBOX_BYTES = 9_500_000_000;
/** Empty tables and one small event: with less, everything is refused. */
const LEAST_OUTBOX_BYTES = 100_000;
/** Ten years: what an outbox remembers costs it room, until it has none for events. */
const MOST_DEDUP_DAYS = 3_650;

const workerSettings = type({
  WEBHOOK_TOKENS: webhookTokens,
  ADMIN_TOKEN: adminToken,
  MAX_BODY_BYTES: wholeNumber(LEAST_BODY_BYTES, MOST_BODY_BYTES).default('900000'),
  OUTBOX_SHARDS: wholeNumber(1, MOST_SHARDS).default('4'),
  OUTBOX_MAX_BYTES: wholeNumber(LEAST_OUTBOX_BYTES, MOST_OUTBOX_BYTES).default('8000000000'),
  DEDUP_DAYS: wholeNumber(1, MOST_DEDUP_DAYS).default('30'),
  REDACT_KEYS: redactKeys.default(''),
  PRIVACY: privacy.default('{}'),
  'PRIVACY_KEY?': 'string',
  CANARY: booleanText.default('true'),
})
  .and(kafkaSettings)
  .narrow(({ PRIVACY, PRIVACY_KEY }, context) => {
    const expected = keyTrouble(PRIVACY, PRIVACY_KEY);
    return expected === undefined || context.reject({ path: ['PRIVACY_KEY'], expected });
  })
  .narrow(
    // An app by another name would have none of the rules that it was given.
    ({ WEBHOOK_TOKENS, PRIVACY }, context) =>
      Object.keys(PRIVACY).every((app) => Object.hasOwn(WEBHOOK_TOKENS, app)) ||
      context.reject({ path: ['PRIVACY'], expected: 'for apps that WEBHOOK_TOKENS has' }),
  )
  .narrow(
    // Whoever has the one would have the other.
    ({ WEBHOOK_TOKENS, ADMIN_TOKEN, PRIVACY_KEY }, context) =>
      PRIVACY_KEY === undefined ||
      ![ADMIN_TOKEN, ...Object.values(WEBHOOK_TOKENS).flat()].includes(PRIVACY_KEY) ||
      context.reject({
        path: ['PRIVACY_KEY'],
        expected: 'another one than ADMIN_TOKEN and any of WEBHOOK_TOKENS',
      }),
  )
  .narrow(
    ({ WEBHOOK_TOKENS, ADMIN_TOKEN }, context) =>
      // Whoever sees a webhook's URL, the vendor first of all, would be the administrator.
      !Object.values(WEBHOOK_TOKENS).flat().includes(ADMIN_TOKEN) ||
      context.reject({ path: ['ADMIN_TOKEN'], expected: 'another one than any of WEBHOOK_TOKENS' }),
  );

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
