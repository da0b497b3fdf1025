import { type } from 'arktype';

/** `true`/`false` as text, as environments and Worker variables hold it. */
export const booleanText = type("'true' | 'false'").pipe((text) => text === 'true');

/** As kafkajs reads a broker, it has no port for `host` alone, and none for an IPv6 address. */
const BROKER = /^[A-Za-z0-9._-]+:(\d{1,5})$/;

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

/** A comma-separated list, empty entries left out. */
const brokers = type('string')
  .pipe((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .narrow(
    (list, context) =>
      (list.length > 0 && list.every(isBroker)) ||
      context.mustBe('one or more of host:port, with commas between, such as kafka-1:9092,kafka-2:9092'),
  );

/** Kafka's topic names have 249 characters at the most, and the longest of ours is well within what this leaves. */
const topicPrefix = type(/^[a-zA-Z0-9._-]{0,200}$/).describe(
  'at most 200 letters, digits, dots, dashes and underscores',
);

const fields = type({
  KAFKA_BROKERS: brokers,
  KAFKA_SSL: booleanText.default('false'),
  'KAFKA_SASL_MECHANISM?': "'plain' | 'scram-sha-256' | 'scram-sha-512'",
  'KAFKA_SASL_USERNAME?': 'string > 0',
  'KAFKA_SASL_PASSWORD?': 'string > 0',
  'KAFKA_SASL_PLAIN_WITHOUT_TLS?': booleanText,
  TOPIC_PREFIX: topicPrefix.default('qiscus.'),
});

/** The settings by which Worker, consumer and commands reach Kafka. */
export const kafkaSettings = fields.narrow((settings, context) => {
  const misfit = misfitOf(settings);
  return misfit === undefined || context.reject({ path: [misfit.setting], expected: misfit.expected });
});

/** What each setting by itself cannot tell: half a login would be none, and `plain` sends the password as it is. */
function misfitOf(settings: typeof fields.infer): { setting: string; expected: string } | undefined {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = settings;
  if (mechanism === undefined) {
    if (username === undefined && password === undefined) return undefined;
    const expected = 'set, since KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is: without it nobody logs in';
    return { setting: 'KAFKA_SASL_MECHANISM', expected };
  }
  const expected = 'set, since KAFKA_SASL_MECHANISM is';
  if (username === undefined) return { setting: 'KAFKA_SASL_USERNAME', expected };
  if (password === undefined) return { setting: 'KAFKA_SASL_PASSWORD', expected };
  if (mechanism !== 'plain' || settings.KAFKA_SSL || settings.KAFKA_SASL_PLAIN_WITHOUT_TLS) return undefined;
  return {
    setting: 'KAFKA_SSL',
    expected:
      'true with KAFKA_SASL_MECHANISM plain, which sends the password as it is; on a network that nobody else ' +
      'reads, set KAFKA_SASL_PLAIN_WITHOUT_TLS to true',
  };
}

export type KafkaSettings = typeof kafkaSettings.infer;

/** kafkajs's connection options; plain data, so that this folder needs no client. */
export function kafkaConnection(settings: KafkaSettings) {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = settings;
  const reach = { brokers: settings.KAFKA_BROKERS, ssl: settings.KAFKA_SSL };
  if (mechanism === undefined) return reach;
  // A mechanism without the rest of its login was refused when the settings were read.
  return { ...reach, sasl: { mechanism, username, password } as SaslOptions };
}

type Mechanism = NonNullable<KafkaSettings['KAFKA_SASL_MECHANISM']>;
/** One object type for each mechanism, as kafkajs tells them apart. */
type SaslOptions = { [M in Mechanism]: { mechanism: M; username: string; password: string } }[Mechanism];
