import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../consumer/config.ts';
import { freePort } from '../../local/ports.ts';
import { readTopicLayout } from '../../schemas/topic-layout.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';

const good = { KAFKA_BROKERS: 'a:1', CLICKHOUSE_URL: 'http://me:hidden@db:8123/facts' };

describe('settings of the consumer that cannot be right stop the start, named and not quoted', () => {
  test.each<[string, string, Record<string, string>]>([
    ['a broker without a port', 'KAFKA_BROKERS', { KAFKA_BROKERS: 'a' }],
    ['a user without a mechanism', 'KAFKA_SASL_MECHANISM', { KAFKA_SASL_USERNAME: 'me' }],
    [
      'plain without TLS',
      'KAFKA_SSL',
      { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'hidden' },
    ],
    ['a percent sign that stands for itself', 'CLICKHOUSE_URL', { CLICKHOUSE_URL: 'http://a:hidden%@db/x' }],
    ['a reader at no database', 'CLICKHOUSE_READER_URL', { CLICKHOUSE_READER_URL: 'http://a:hidden@db' }],
    ['a group with a blank at its end', 'CONSUMER_GROUP', { CONSUMER_GROUP: 'group ' }],
    ['a group without a name', 'CONSUMER_GROUP', { CONSUMER_GROUP: '' }],
    ['a port beyond the last', 'CONSUMER_PORT', { CONSUMER_PORT: '65536' }],
    ['a short token', 'DASHBOARD_TOKEN', { DASHBOARD_TOKEN: 'hidden' }],
    ['no token for a dashboard that others open', 'DASHBOARD_TOKEN', { CONSUMER_HOST: '0.0.0.0' }],
  ])('%s: %s', (_, name, settings) => {
    const message = expect.stringMatching(new RegExp(`^(?!.*hidden).*\\b${name} must be \\w`));
    expect(() => readSettings({ ...good, ...settings })).toThrow(expect.objectContaining({ message }));
  });

  test('at the edge they are taken', () => {
    const edge = { CONSUMER_PORT: '65535', CONSUMER_GROUP: 'g', CLICKHOUSE_URL: 'http://a:b%25@db/x' };
    expect(readSettings({ ...good, ...edge })).toMatchObject({ CLICKHOUSE_URL: { password: 'b%' } });
  });
});

describe('the layout of new topics', () => {
  test('is three partitions, and as many replicas as the broker makes by default', () => {
    expect(readTopicLayout({})).toEqual({ numPartitions: 3, replicationFactor: -1 });
    const edge = { TOPIC_PARTITIONS: '1000', TOPIC_REPLICATION_FACTOR: '15' };
    expect(readTopicLayout(edge)).toEqual({ numPartitions: 1_000, replicationFactor: 15 });
  });

  test.each([
    ['TOPIC_PARTITIONS', '0'],
    ['TOPIC_PARTITIONS', '-1'],
    ['TOPIC_PARTITIONS', '1001'],
    ['TOPIC_PARTITIONS', ''],
    ['TOPIC_REPLICATION_FACTOR', '0'],
    ['TOPIC_REPLICATION_FACTOR', '16'],
  ])('cannot be %s=%s', (name, value) => {
    expect(() => readTopicLayout({ [name]: value })).toThrow(`${name} must be`);
  });
});

describe('npm run topics says in one line what is wrong with Kafka and what to do, and ends with 1', () => {
  const told = async (settings: Record<string, string>) => {
    const failed = await runScript('schemas/create-topics.ts', settings).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    return failed.stderr;
  };

  test('where nothing listens', async () => {
    const brokers = `127.0.0.1:${await freePort()}`;
    const line = await told({ KAFKA_BROKERS: brokers });
    expect(line).toContain(`No Kafka answers at ${brokers} (ECONNREFUSED)`);
    expect(line).toContain('set KAFKA_BROKERS');
  });

  test('where something listens that is no Kafka, and hangs up', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.end('no\r\n')).listen(port, '127.0.0.1');
    undoAfterwards(() => void server.close());
    expect(await told({ KAFKA_BROKERS: `127.0.0.1:${port}` })).toContain('No Kafka answers at');
  });

  test('where the cluster cannot keep as many copies', async () => {
    const settings = { KAFKA_BROKERS: await sharedBrokers(), TOPIC_PREFIX: 'none.' };
    const line = await told({ ...settings, TOPIC_REPLICATION_FACTOR: '3' });
    expect(line).toContain('INVALID_REPLICATION_FACTOR. Set TOPIC_REPLICATION_FACTOR');
  });
});
