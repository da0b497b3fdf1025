import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../consumer/backoff.ts';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { readMigrationSettings, readSettings } from '../../consumer/config.ts';
import { Liveness } from '../../consumer/intake/liveness.ts';
import { Membership } from '../../consumer/intake/membership.ts';
import { describeFault, insertFault } from '../../consumer/persist/faults.ts';
import { deadLetterId } from '../../consumer/settle/dead-letter.ts';
import { lotsOf } from '../../consumer/settle/lots.ts';

describe('backoff', () => {
  test('doubles, is half random, and never exceeds five seconds', () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1))).toEqual([100, 200, 400, 800]);
    expect(backoffMs(3, 0)).toBe(400);
    expect(backoffMs(1_000_000, 1)).toBe(5_000);
  });
});

describe("ClickHouse's faults", () => {
  const fault = (code: string) => new ClickHouseError({ message: 'the row was: secret', code, type: 'KIND' });

  test('sockets and time-outs are transient; what cannot even be sent is at fault itself', () => {
    expect(insertFault(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('transient');
    expect(insertFault(new Error('Timeout error.'))).toBe('transient');
    expect(insertFault(new TypeError('x is not a function'))).toBe('poison');
  });

  test("a fault is told by its number and what to do, never with the server's text, which may quote a row", () => {
    expect(describeFault(fault('60'))).toEqual({
      code: '60 KIND',
      hint: expect.stringContaining('npm run migrate'),
    });
    expect(JSON.stringify(describeFault(fault('469')))).not.toContain('secret');
  });
});

describe('a dead letter', () => {
  const source = (offset: string) => ({
    topic: 't',
    partition: 1,
    message: { key: null, value: null, timestamp: '0', attributes: 0, offset, headers: {} },
  });

  test("has its event's id, or else one of its own place that is the same after a replay", () => {
    expect(deadLetterId('abc', source('1'))).toBe('abc');
    expect(deadLetterId(undefined, source('1'))).toBe(deadLetterId(undefined, source('1')));
    expect(deadLetterId(undefined, source('1'))).not.toBe(deadLetterId(undefined, source('2')));
  });

  test('goes in lots that a broker takes; a large one goes alone', () => {
    const messages = [200_000, 200_000, 200_000, 900_000, 1].map((bytes) => ({ value: Buffer.alloc(bytes) }));
    expect(lotsOf(messages).map((lot) => lot.length)).toEqual([2, 1, 1, 1]);
    expect(lotsOf([])).toEqual([]);
  });
});

describe('liveness', () => {
  test('a consumer silent for a minute and a half is dead; one that keeps trying is not', () => {
    let nowMs = 0;
    const liveness = new Liveness(() => nowMs);
    for (nowMs = 0; nowMs < 1_000_000; nowMs += 60_000) liveness.sign();
    expect(liveness.check()).toEqual({ alive: true });
    nowMs += 100_000;
    expect(liveness.check()).toEqual({ alive: false, reason: expect.stringContaining('no sign of life') });
  });

  test('a consumer that Kafka stops answering is not ready, and is again with its next answer', () => {
    let nowMs = 0;
    const liveness = new Liveness(() => nowMs);
    liveness.joined();
    expect(liveness.isJoined).toBe(true);
    nowMs += 10_000;
    expect(liveness.isJoined).toBe(false);
    liveness.sign();
    expect(liveness.isJoined).toBe(true);
    liveness.left();
    expect(liveness.isJoined).toBe(false);
  });

  test('a consumer that kafkajs gave up stays dead, whatever signs come after', () => {
    const liveness = new Liveness(() => 0);
    liveness.joined();
    liveness.died('gone');
    liveness.sign();
    expect(liveness.check()).toEqual({ alive: false, reason: 'gone' });
  });
});

test('a membership that ends aborts what was read under it, and after the last one nothing begins', () => {
  const membership = new Membership();
  const first = membership.signal;
  membership.renew();
  expect([first.aborted, membership.signal.aborted]).toEqual([true, false]);
  membership.end();
  membership.renew();
  expect(membership.signal.aborted).toBe(true);
});

describe('settings', () => {
  const env = { KAFKA_BROKERS: 'a:1, b:2', CLICKHOUSE_URL: 'https://me:s%3Acret@db:8443/facts' };

  test('are read in their parts, with defaults', () => {
    expect(readSettings(env)).toMatchObject({
      KAFKA_BROKERS: ['a:1', 'b:2'],
      CLICKHOUSE_URL: { url: 'https://db:8443', username: 'me', password: 's:cret', database: 'facts' },
      CONSUMER_GROUP: 'qiscus-clickhouse',
      CONSUMER_HOST: '127.0.0.1',
      CONSUMER_PORT: 8080,
      TOPIC_PREFIX: 'qiscus.',
    });
  });

  test.each([
    ['KAFKA_BROKERS', ''],
    ['CLICKHOUSE_URL', 'http://me:hidden@db:8123'],
    ['CLICKHOUSE_URL', 'http://me:hidden@db:8123/a-b'],
    ['CONSUMER_PORT', '80800'],
    ['LOG_LEVEL', 'loud'],
  ])('a wrong %s is named, and not quoted', (name, value) => {
    expect(() => readSettings({ ...env, [name]: value })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`^(?!.*hidden).*${name} must be`)),
      }),
    );
  });

  test('a migration engine is an engine that replaces', () => {
    expect(() => readMigrationSettings({ CLICKHOUSE_REPLACING_ENGINE: 'MergeTree' })).toThrow(
      /CLICKHOUSE_REPLACING_ENGINE/,
    );
  });
});

test('a command beside npm start means its pipeline, wherever it was moved to, and no other that is named', () => {
  const moved = withLocalPipeline({ KAFKA_PORT: '1092', CLICKHOUSE_URL: 'https://elsewhere/qiscus' });
  expect(moved).toMatchObject({
    KAFKA_BROKERS: '127.0.0.1:1092',
    CLICKHOUSE_URL: 'https://elsewhere/qiscus',
    WORKER_URL: 'http://127.0.0.1:8787',
  });
});
