import { describe, expect, test } from 'vitest';
import { readSettings as readLocalSettings } from '../../local/settings.ts';
import { readSettings } from '../../worker/config.ts';
import { SECRET_NAMES } from '../properties/bodies.ts';

const SECRET = 'hidden-from-every-message';
const good = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  WEBHOOK_TOKENS: '{"demo":["local-token"]}',
  ADMIN_TOKEN: 'local-admin',
};
const login = { KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: SECRET };

/** What the start says of these settings; undefined when it takes them. */
function refusal(settings: Record<string, string | undefined>): string | undefined {
  try {
    readSettings({ ...good, ...settings });
    return undefined;
  } catch (error) {
    return error instanceof Error && error.name === 'SettingsError' ? error.message : String(error);
  }
}

describe('settings that cannot be right stop the start, named and not quoted', () => {
  test.each<[string, string, Record<string, string | undefined>]>([
    ['a broker without a port', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka' }],
    ['one broker of two without a port', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a:9092,b' }],
    ['a broker with an empty port', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a:' }],
    ['a broker at port 0', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a:0' }],
    ['a broker beyond the last port', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a:65536' }],
    ['a broker as a URL', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka://a:9092' }],
    ['brokers with blanks between', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a:9092 b:9092' }],
    ['no broker', 'KAFKA_BROKERS', { KAFKA_BROKERS: ' , ' }],
    ['a user without a mechanism', 'KAFKA_SASL_MECHANISM', { KAFKA_SASL_USERNAME: 'me' }],
    ['a password without a mechanism', 'KAFKA_SASL_MECHANISM', { KAFKA_SASL_PASSWORD: SECRET }],
    [
      'a mechanism without a user',
      'KAFKA_SASL_USERNAME',
      { KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_PASSWORD: SECRET },
    ],
    [
      'a mechanism without a password',
      'KAFKA_SASL_PASSWORD',
      { KAFKA_SASL_MECHANISM: 'scram-sha-256', KAFKA_SASL_USERNAME: 'me' },
    ],
    ['an unknown mechanism', 'KAFKA_SASL_MECHANISM', { ...login, KAFKA_SASL_MECHANISM: 'PLAIN' }],
    ['plain without TLS', 'KAFKA_SSL', { ...login, KAFKA_SASL_MECHANISM: 'plain' }],
    [
      'plain without TLS, forced by halves',
      'KAFKA_SASL_PLAIN_WITHOUT_TLS',
      { ...login, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PLAIN_WITHOUT_TLS: 'yes' },
    ],
    ['a prefix that no topic can have', 'TOPIC_PREFIX', { TOPIC_PREFIX: 'qiscus/' }],
    ['a prefix that leaves no room', 'TOPIC_PREFIX', { TOPIC_PREFIX: 'q'.repeat(201) }],
    ['no tokens', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: undefined }],
    ['no app', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: '{}' }],
    ['an app without tokens', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: '{"demo":[]}' }],
    ['one app of two without tokens', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"a":["${SECRET}"],"b":[]}` }],
    ['a token that is no list', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"demo":"${SECRET}"}` }],
    ['an empty token', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"demo":["${SECRET}",""]}` }],
    ['a token of one letter', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: '{"demo":["xxxxxxxxxxxx"]}' }],
    ['a token of three letters', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: '{"demo":["abcabcabc"]}' }],
    ['a token with a blank before it', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"demo":[" ${SECRET}"]}` }],
    ['a token with a line feed', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"demo":["${SECRET}\\n"]}` }],
    ['a number for a token', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: '{"demo":[1234567890]}' }],
    ['an app with a slash', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"de/mo":["${SECRET}"]}` }],
    ['an app that URLs take for a folder', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"..":["${SECRET}"]}` }],
    ['an app without a name', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"":["${SECRET}"]}` }],
    ['an app named as the prototype', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"__proto__":["${SECRET}"]}` }],
    ['apps and tokens the wrong way round', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"${SECRET}":["demo"]}` }],
    ['nothing for the apps', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: 'null' }],
    ['a list for the apps', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `["${SECRET}"]` }],
    ['tokens that are no JSON', 'WEBHOOK_TOKENS', { WEBHOOK_TOKENS: `{"demo":[${SECRET}]}` }],
    ['no admin token', 'ADMIN_TOKEN', { ADMIN_TOKEN: undefined }],
    ['an empty admin token', 'ADMIN_TOKEN', { ADMIN_TOKEN: '' }],
    ['a short admin token', 'ADMIN_TOKEN', { ADMIN_TOKEN: 'admin' }],
    ['an admin token of one letter', 'ADMIN_TOKEN', { ADMIN_TOKEN: 'aaaaaaaaaaaaaaaa' }],
    ['an admin token that no header carries', 'ADMIN_TOKEN', { ADMIN_TOKEN: 'one two three four' }],
    ["an app's token for the admin", 'ADMIN_TOKEN', { ADMIN_TOKEN: 'local-token' }],
    ['bodies larger than Kafka takes', 'MAX_BODY_BYTES', { MAX_BODY_BYTES: '1000001' }],
    ['bodies larger than SQLite takes', 'MAX_BODY_BYTES', { MAX_BODY_BYTES: '2500000' }],
    ['no body', 'MAX_BODY_BYTES', { MAX_BODY_BYTES: '0' }],
    ['bodies smaller than any', 'MAX_BODY_BYTES', { MAX_BODY_BYTES: '99' }],
    ['a size with its unit', 'MAX_BODY_BYTES', { MAX_BODY_BYTES: '1MB' }],
    ['no shard', 'OUTBOX_SHARDS', { OUTBOX_SHARDS: '0' }],
    ['fewer shards than none', 'OUTBOX_SHARDS', { OUTBOX_SHARDS: '-4' }],
    ['half a shard', 'OUTBOX_SHARDS', { OUTBOX_SHARDS: '4.5' }],
    ['shards without end', 'OUTBOX_SHARDS', { OUTBOX_SHARDS: '65' }],
    ['a setting that is there and empty', 'OUTBOX_SHARDS', { OUTBOX_SHARDS: '' }],
    ['an outbox larger than there is room', 'OUTBOX_MAX_BYTES', { OUTBOX_MAX_BYTES: '10000000000' }],
    ['an outbox for nothing', 'OUTBOX_MAX_BYTES', { OUTBOX_MAX_BYTES: '99999' }],
    ['no day of memory', 'DEDUP_DAYS', { DEDUP_DAYS: '0' }],
    ['a memory of centuries', 'DEDUP_DAYS', { DEDUP_DAYS: '3651' }],
  ])('%s: %s', (_, name, settings) => {
    const told = refusal(settings);
    expect(told).toMatch(new RegExp(`\\b${name} must be .*start again\\.$`));
    expect(told).not.toContain(SECRET);
  });

  test('all that is wrong is told at once', () => {
    const told = refusal({ OUTBOX_SHARDS: 'many', MAX_BODY_BYTES: 'all', ADMIN_TOKEN: 'x' });
    for (const name of ['OUTBOX_SHARDS', 'MAX_BODY_BYTES', 'ADMIN_TOKEN']) expect(told).toContain(name);
  });
});

describe('settings at the edge of what can be right are taken', () => {
  test.each<[string, Record<string, string>]>([
    ['the local ones', {}],
    ['several brokers, with blanks and a comma too many', { KAFKA_BROKERS: ' a:1, b-2.c_d:65535 ,' }],
    ['plain with TLS', { ...login, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL: 'true' }],
    [
      'plain without TLS, forced',
      { ...login, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PLAIN_WITHOUT_TLS: 'true' },
    ],
    ['SCRAM without TLS', { ...login, KAFKA_SASL_MECHANISM: 'scram-sha-512' }],
    ['the largest', { MAX_BODY_BYTES: '1000000', OUTBOX_SHARDS: '64', DEDUP_DAYS: '3650' }],
    ['the smallest', { MAX_BODY_BYTES: '100', OUTBOX_SHARDS: '1', DEDUP_DAYS: '1' }],
    ['an outbox between its bounds', { OUTBOX_MAX_BYTES: '100000' }],
    ['an outbox at its upper bound', { OUTBOX_MAX_BYTES: '9500000000' }],
    ['tokens as short and as alike as can be', { WEBHOOK_TOKENS: '{"demo":["abcdabcd"]}' }],
    ['two tokens of an app, to rotate', { WEBHOOK_TOKENS: `{"abcd-1x":["${SECRET}","Ab/+=9-_"]}` }],
  ])('%s', (_, settings) => {
    expect(refusal(settings)).toBeUndefined();
  });
});

test('what a secret must be is told where one is wrong', () => {
  const means = '8 characters or more, 4 different ones among them, none a blank or outside of ASCII';
  expect(refusal({ ADMIN_TOKEN: 'x' })).toContain(`ADMIN_TOKEN must be ${means}.`);
  expect(refusal({ ADMIN_TOKEN: 'local-token' })).toContain(
    'must be another one than any of WEBHOOK_TOKENS.',
  );
  expect(refusal({ WEBHOOK_TOKENS: '{}' })).toContain(
    'WEBHOOK_TOKENS must be JSON such as {"app":["token"]}: at least one app, each with a name of letters, digits, ' +
      `dots, dashes and underscores and at least one token, and each token of ${means}.`,
  );
});

test('keys to redact are added to the ones that are known, in small letters and without blanks', () => {
  const keys = (settings: object) => readSettings({ ...good, ...settings }).REDACT_KEYS;
  const known = keys({});
  expect([...known].sort()).toEqual([...SECRET_NAMES].sort());
  expect(keys({ REDACT_KEYS: '' })).toEqual(known);
  expect(keys({ REDACT_KEYS: ' Phone , e-mail,, ' })).toEqual([...known, 'phone', 'e-mail']);
});

test('npm start refuses what one of its parts would refuse, before it starts any', () => {
  const refused = (settings: Record<string, string>) => () => readLocalSettings(settings);
  expect(refused({})).not.toThrow();
  expect(refused({ KAFKA_BROKERS: 'kafka' })).toThrow('KAFKA_BROKERS must be');
  expect(refused({ MAX_BODY_BYTES: '2500000' })).toThrow('MAX_BODY_BYTES must be');
  expect(refused({ ...login, KAFKA_SASL_MECHANISM: 'plain' })).toThrow('KAFKA_SSL must be');
  expect(refused({ LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL must be');
  expect(refused({ CLICKHOUSE_URL: 'db' })).toThrow('CLICKHOUSE_URL must be');
  expect(refused({ TOPIC_PARTITIONS: '0' })).toThrow('TOPIC_PARTITIONS must be');
});
