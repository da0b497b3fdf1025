import { type } from 'arktype';
import { describe, expect, test } from 'vitest';
import { kafkaConnection, kafkaSettings } from '../../schemas/kafka-settings.ts';
import { SettingsError, settingsError } from '../../schemas/settings.ts';

function read(env: Record<string, string>) {
  const settings = kafkaSettings(env);
  if (settings instanceof type.errors) throw settingsError(settings);
  return settings;
}

const login = { KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'hidden' };

describe('the way to Kafka', () => {
  test('is without TLS and login unless they are set', () => {
    const settings = read({ KAFKA_BROKERS: 'a:1,b:2' });
    expect(settings.TOPIC_PREFIX).toBe('qiscus.');
    expect(kafkaConnection(settings)).toEqual({ brokers: ['a:1', 'b:2'], ssl: false });
  });

  test('has the login that is set', () => {
    const env = { ...login, KAFKA_BROKERS: 'a:1', KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'plain' };
    expect(kafkaConnection(read(env))).toEqual({
      brokers: ['a:1'],
      ssl: true,
      sasl: { mechanism: 'plain', username: 'me', password: 'hidden' },
    });
  });
});

describe('the message about settings', () => {
  const told = (env: Record<string, string>) => {
    try {
      read(env);
    } catch (error) {
      return error instanceof SettingsError ? `${error.name}: ${error.message}` : undefined;
    }
    return undefined;
  };

  test('names each that is wrong, with what it must be', () => {
    expect(told({ KAFKA_BROKERS: 'a', TOPIC_PREFIX: '/' })).toBe(
      'SettingsError: settings do not fit: TOPIC_PREFIX must be at most 200 letters, digits, dots, dashes and ' +
        'underscores; KAFKA_BROKERS must be one or more of host:port, with commas between, such as ' +
        'kafka-1:9092,kafka-2:9092. Set them in the environment and start again.',
    );
  });

  test('says which half of a login is missing', () => {
    expect(told({ ...login, KAFKA_BROKERS: 'a:1' })).toContain(
      'KAFKA_SASL_MECHANISM must be set, since KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is: without it nobody logs in.',
    );
    for (const missing of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const) {
      const { [missing]: _, ...half } = login;
      expect(told({ ...half, KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'scram-sha-256' })).toContain(
        `${missing} must be set, since KAFKA_SASL_MECHANISM is.`,
      );
    }
  });

  test('says so where there are none at all, and names the way to a setting that is part of another', () => {
    const toldOf = (value: unknown) => {
      const errors = type({ 'a?': { b: 'number' } })(value);
      return errors instanceof type.errors ? settingsError(errors).message : undefined;
    };
    expect(toldOf('x')).toContain('the settings must be an object.');
    expect(toldOf({ a: { b: 'x' } })).toContain('a.b must be a number.');
  });

  test('says how a password may go without TLS', () => {
    expect(told({ ...login, KAFKA_BROKERS: 'a:1', KAFKA_SASL_MECHANISM: 'plain' })).toBe(
      'SettingsError: settings do not fit: KAFKA_SSL must be true with KAFKA_SASL_MECHANISM plain, which sends the ' +
        'password as it is; on a network that nobody else reads, set KAFKA_SASL_PLAIN_WITHOUT_TLS to true. Set them ' +
        'in the environment and start again.',
    );
  });
});
