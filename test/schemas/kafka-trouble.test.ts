import {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
} from 'kafkajs';
import { expect, test } from 'vitest';
import { kafkaTrouble } from '../../schemas/kafka-trouble.ts';

const BROKERS = ['kafka-1:9092', 'kafka-2:9092'];
const told = (error: unknown) => kafkaTrouble(error, BROKERS);
const connectionError = (broker: string, code?: string) =>
  Object.assign(new KafkaJSConnectionError('secret', { broker, code: code ?? '' }), { code });
// Its declaration knows no text, and without one it throws.
const loginError = (): Error => Reflect.construct(KafkaJSSASLAuthenticationError, ['secret']);
const protocolError = (type: string) => Object.assign(new KafkaJSProtocolError('secret'), { type });

test('a broker that does not answer is named as it was set, with the reason and what to set', () => {
  expect(told(connectionError('kafka-1:9092', 'ECONNREFUSED'))).toBe(
    'No Kafka answers at kafka-1:9092, kafka-2:9092 (ECONNREFUSED). Start it, or set KAFKA_BROKERS to where it is; ' +
      'if it wants TLS, set KAFKA_SSL to true.',
  );
  expect(told(connectionError('kafka-1:9092'))).toContain('(KafkaJSConnectionError)');
  expect(told(new KafkaJSConnectionError('secret'))).toMatch(
    /^No Kafka answers .*\(KafkaJSConnectionError\)/,
  );
  const late = Object.assign(new KafkaJSRequestTimeoutError('secret'), {
    broker: '10.0.0.7:9092',
    code: 'secret',
  });
  expect(told(late)).toContain(
    'No Kafka answers at kafka-1:9092, kafka-2:9092 (KafkaJSRequestTimeoutError).',
  );
});

test('a broker that the cluster itself has named, and that does not answer, is told apart', () => {
  expect(told(connectionError('10.0.0.7:9092', 'ETIMEDOUT'))).toBe(
    'Kafka at kafka-1:9092, kafka-2:9092 sends its clients to 10.0.0.7:9092, where none answers (ETIMEDOUT). Set its ' +
      'advertised.listeners to an address that can be reached from here.',
  );
});

test('a refused login names what it is made of', () => {
  expect(told(loginError())).toMatch(
    /^Kafka at kafka-1:9092, kafka-2:9092 refuses the login\. Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
  );
});

test('what the broker refuses is told by its type, with what to do about it', () => {
  expect(told(protocolError('INVALID_REPLICATION_FACTOR'))).toMatch(
    /refuses: INVALID_REPLICATION_FACTOR\. Set TOPIC_REPLICATION_FACTOR/,
  );
  expect(told(protocolError('INVALID_PARTITIONS'))).toContain('Set TOPIC_PARTITIONS');
  expect(told(protocolError('TOPIC_AUTHORIZATION_FAILED'))).toContain('KAFKA_SASL_USERNAME to describe');
  expect(told(protocolError('CLUSTER_AUTHORIZATION_FAILED'))).toContain('KAFKA_SASL_USERNAME to create');
  expect(told(protocolError('UNKNOWN'))).toBe(
    "Kafka at kafka-1:9092, kafka-2:9092 refuses: UNKNOWN. Look into the brokers' logs.",
  );
});

test('what kafkajs wrapped is what is told', () => {
  const refused = new KafkaJSAggregateError('secret', [protocolError('INVALID_PARTITIONS')]);
  expect(told(refused)).toContain('refuses: INVALID_PARTITIONS');
  const retried = { retryCount: 4, retryTime: 1 };
  const login = loginError();
  const wrapped = new KafkaJSNumberOfRetriesExceeded(
    new KafkaJSNumberOfRetriesExceeded(login, retried),
    retried,
  );
  expect(told(wrapped)).toContain('refuses the login');
  expect(told(new KafkaJSAggregateError('secret', []))).toContain('(unknown)');
  expect(told(new KafkaJSNumberOfRetriesExceeded(new TypeError('secret'), retried))).toContain('(TypeError)');
});

test("nothing of kafkajs's own text is told, and nothing is told of what is none of its errors", () => {
  for (const error of [connectionError('a:1', 'E'), protocolError('X'), loginError()]) {
    expect(told(error)).not.toContain('secret');
  }
  expect(told(new TypeError('a bug'))).toBeUndefined();
  expect(told(undefined)).toBeUndefined();
});
