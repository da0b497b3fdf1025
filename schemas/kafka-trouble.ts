import kafkajs from 'kafkajs';

const {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSProtocolError,
  KafkaJSSASLAuthenticationError,
} = kafkajs;

const HINTS: Readonly<Record<string, string>> = {
  INVALID_PARTITIONS: 'Set TOPIC_PARTITIONS to another number.',
  INVALID_REPLICATION_FACTOR: 'Set TOPIC_REPLICATION_FACTOR to the number of its brokers, or less.',
  TOPIC_AUTHORIZATION_FAILED: 'Allow the user of KAFKA_SASL_USERNAME to describe and create the topics.',
  UNKNOWN_TOPIC_OR_PARTITION:
    'Make the topics with "npm run topics", or set TOPIC_PREFIX to that of those it has.',
  GROUP_AUTHORIZATION_FAILED: 'Allow the user of KAFKA_SASL_USERNAME to read as this consumer group.',
  CLUSTER_AUTHORIZATION_FAILED: 'Allow the user of KAFKA_SASL_USERNAME to create topics.',
};
const LOOK = "Look into the brokers' logs.";

/**
 * What kafkajs threw at a command, as one line for a person: what is wrong and what to do. Sorted by its class and
 * the broker's error type, and without its own text.
 * @param brokers as KAFKA_BROKERS has them
 * @returns undefined for what kafkajs did not throw: that is a bug
 */
export function kafkaTrouble(error: unknown, brokers: readonly string[]): string | undefined {
  if (!(error instanceof KafkaJSError || error instanceof KafkaJSAggregateError)) return undefined;
  const cause = rootCause(error);
  const where = `Kafka at ${brokers.join(', ')}`;
  if (cause instanceof KafkaJSSASLAuthenticationError) {
    return `${where} refuses the login. Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD to its own.`;
  }
  if (cause instanceof KafkaJSProtocolError) {
    return `${where} refuses: ${cause.type}. ${HINTS[cause.type] ?? LOOK}`;
  }
  if (!(cause instanceof KafkaJSConnectionError)) {
    return noAnswer(brokers, cause instanceof Error ? cause.name : 'unknown');
  }
  const { broker } = cause;
  const why = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  if (broker === undefined || brokers.includes(broker)) return noAnswer(brokers, why);
  return (
    `${where} sends its clients to ${broker}, where none answers (${why}). Set its advertised.listeners to an ` +
    'address that can be reached from here.'
  );
}

/** What a person is told when there is no Kafka where it was looked for, or nothing that speaks as it does. */
export function noAnswer(brokers: readonly string[], why: string): string {
  const set = 'Start it, or set KAFKA_BROKERS to where it is; if it wants TLS, set KAFKA_SSL to true';
  return `No Kafka answers at ${brokers.join(', ')} (${why}). ${set}.`;
}

/** kafkajs wraps the last error when it gives up retrying, and puts those of several topics into one. */
function rootCause(error: unknown): unknown {
  let cause = error;
  for (;;) {
    if (cause instanceof KafkaJSAggregateError) cause = cause.errors[0];
    else if (cause instanceof KafkaJSError && cause.cause instanceof Error) cause = cause.cause;
    else return cause;
  }
}
