import { describe, expect, test } from 'vitest';
import { readAuditSettings } from '../../consumer/books/audit/settings.ts';
import { readSettings } from '../../consumer/config.ts';
import { readTopicLayout } from '../../operate/topics/layout.ts';

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
    ['a quorum of so-and-so many', 'CLICKHOUSE_INSERT_QUORUM', { CLICKHOUSE_INSERT_QUORUM: 'most' }],
    ['no day to keep events', 'EVENTS_KEEP_DAYS', { EVENTS_KEEP_DAYS: '0' }],
    ['messages kept for no number of days', 'MESSAGES_KEEP_DAYS', { MESSAGES_KEEP_DAYS: 'ever' }],
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

describe('settings of the audit', () => {
  const all = { ...good, WORKER_URL: 'https://edge.example.com', ADMIN_TOKEN: 'local-admin' };

  test.each([
    ['WORKER_URL', 'edge.example.com'],
    ['WORKER_URL', 'http://['],
    ['WORKER_URL', 'ftp://edge.example.com'],
    ['ADMIN_TOKEN', ''],
    ['ADMIN_TOKEN', 'local-admin\n'],
    ['CONSUMER_GROUP', ' '],
  ])('a wrong %s is named: %j', (name, value) => {
    expect(readAuditSettings(all)).toMatchObject({ WORKER_URL: all.WORKER_URL });
    expect(() => readAuditSettings({ ...all, [name]: value })).toThrow(`${name} must be`);
  });
});

describe('the layout of new topics', () => {
  test('is three partitions, and as many replicas as the broker makes by default', () => {
    expect(readTopicLayout({})).toMatchObject({
      numPartitions: 3,
      replicationFactor: -1,
      retentionMs: undefined,
    });
    const edge = { TOPIC_PARTITIONS: '1000', TOPIC_REPLICATION_FACTOR: '15', TOPIC_RETENTION_DAYS: '7' };
    expect(readTopicLayout(edge)).toMatchObject({
      numPartitions: 1_000,
      replicationFactor: 15,
      retentionMs: 604_800_000,
    });
  });

  test.each([
    ['TOPIC_PARTITIONS', '0'],
    ['TOPIC_PARTITIONS', '-1'],
    ['TOPIC_PARTITIONS', '1001'],
    ['TOPIC_PARTITIONS', ''],
    ['TOPIC_RETENTION_DAYS', '0'],
    ['TOPIC_REPLICATION_FACTOR', '0'],
    ['TOPIC_REPLICATION_FACTOR', '16'],
  ])('cannot be %s=%s', (name, value) => {
    expect(() => readTopicLayout({ [name]: value })).toThrow(`${name} must be`);
  });
});
