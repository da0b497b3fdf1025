import { type } from 'arktype';

/** `true`/`false` as text, as environments and Worker variables hold it. */
export const booleanText = type("'true' | 'false'").pipe((text) => text === 'true');

/** A comma-separated list, empty entries left out. */
const list = type('string').pipe((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** The settings by which Worker, consumer and commands reach Kafka. */
export const kafkaSettings = type({
  KAFKA_BROKERS: list.to('string[] > 0'),
  KAFKA_SSL: booleanText.default('false'),
  'KAFKA_SASL_MECHANISM?': "'plain' | 'scram-sha-256' | 'scram-sha-512'",
  'KAFKA_SASL_USERNAME?': 'string > 0',
  'KAFKA_SASL_PASSWORD?': 'string > 0',
  TOPIC_PREFIX: type(/^[a-zA-Z0-9._-]*$/).default('qiscus.'),
}).narrow((settings, context) => {
  if (settings.KAFKA_SASL_MECHANISM === undefined) return true;
  if (settings.KAFKA_SASL_USERNAME !== undefined && settings.KAFKA_SASL_PASSWORD !== undefined) return true;
  return context.mustBe(
    'given with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, as KAFKA_SASL_MECHANISM is set',
  );
});

export type KafkaSettings = typeof kafkaSettings.infer;

/** kafkajs's connection options; plain data, so that this folder needs no client. */
export function kafkaConnection(settings: KafkaSettings) {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = settings;
  const reach = { brokers: settings.KAFKA_BROKERS, ssl: settings.KAFKA_SSL };
  if (mechanism === undefined || username === undefined || password === undefined) return reach;
  return { ...reach, sasl: { mechanism, username, password } as SaslOptions };
}

type Mechanism = NonNullable<KafkaSettings['KAFKA_SASL_MECHANISM']>;
/** One object type for each mechanism, as kafkajs tells them apart. */
type SaslOptions = { [M in Mechanism]: { mechanism: M; username: string; password: string } }[Mechanism];
