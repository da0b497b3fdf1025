import { describe, expect, test, vi } from 'vitest';
import { backOff, backoffMs } from '../../consumer/backoff.ts';
import { withLocalPipeline } from '../../consumer/cli/local-pipeline.ts';
import { readMigrationSettings, readSettings } from '../../consumer/config.ts';
import { Liveness } from '../../consumer/intake/liveness.ts';
import { Membership } from '../../consumer/intake/membership.ts';
import { bytesOf, lotsOf } from '../../consumer/settle/lots.ts';
import { ownClock } from '../support/own-clock.ts';

describe('backoff', () => {
  test('doubles, is half random, and never exceeds five seconds', () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1))).toEqual([100, 200, 400, 800]);
    expect(backoffMs(3, 0)).toBe(400);
    expect(backoffMs(3, 0.5)).toBe(600);
    expect(backoffMs(1_000_000, 1)).toBe(5_000);
  });

  test('lasts so long, and ends without an error with the stay in the group', async () => {
    ownClock();
    const stay = new AbortController();
    const ended: string[] = [];
    const first = backOff(9, stay.signal).then(() => ended.push('first'));
    await vi.advanceTimersByTimeAsync(2_400);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_600);
    expect(ended).toEqual(['first']);
    const second = backOff(9, stay.signal).then(() => ended.push('second'));
    stay.abort();
    await Promise.all([first, second]);
    expect(ended).toEqual(['first', 'second']);
  });
});

test('a lot of messages is one that a broker takes; a large one goes alone', () => {
  const sized = (...sizes: number[]) => sizes.map((bytes) => ({ value: Buffer.alloc(bytes) }));
  const lots = (...sizes: number[]) => lotsOf(sized(...sizes)).map((lot) => lot.map(bytesOf));
  expect(lots(200_000, 200_000, 200_000, 900_000, 1)).toEqual([
    [200_000, 200_000],
    [200_000],
    [900_000],
    [1],
  ]);
  expect(lots(200_000, 300_000, 1)).toEqual([[200_000, 300_000], [1]]);
  expect(lots(200_000, 300_001)).toEqual([[200_000], [300_001]]);
  expect(lots(0)).toEqual([[0]]);
  expect(lots()).toEqual([]);
});

test('a message comes to its key, its value and its headers, whichever of them it has', () => {
  const bytes = Buffer.alloc(100);
  expect(bytesOf({ value: null })).toBe(0);
  expect(bytesOf({ key: null, value: bytes, headers: {} })).toBe(100);
  expect(bytesOf({ key: Buffer.alloc(10), value: bytes })).toBe(110);
  expect(
    bytesOf({ key: 'ten bytes.', value: null, headers: { one: bytes, two: 'ab', none: undefined } }),
  ).toBe(122);
  expect(bytesOf({ value: null, headers: { many: [bytes, 'ab'] } })).toBe(110);
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

  test('the name of a cluster goes into SQL, and is a plain name', () => {
    expect(() => readMigrationSettings({ CLICKHOUSE_CLUSTER: 'a" ENGINE = Memory; --' })).toThrow(
      /CLICKHOUSE_CLUSTER must be a plain name/,
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
