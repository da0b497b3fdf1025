import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { Slots } from '../../schemas/group/slots.ts';
import { Lanes } from '../../schemas/subscribe/lanes.ts';
import { planOf } from '../../schemas/subscribe/options.ts';
import { ReadBack } from '../../schemas/subscribe/read-back.ts';
import { RecentIds } from '../../schemas/subscribe/recent-ids.ts';

describe('lanes', () => {
  test('keep their order, also behind a task that failed, and do not wait for each other', async () => {
    const lanes = new Lanes();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lanes.run('a', async () => {
      await gate.promise;
      seen.push('a1');
      throw new Error('no');
    });
    const second = lanes.run('a', async () => void seen.push('a2'));
    await lanes.run('b', async () => void seen.push('b1'));
    gate.resolve();
    await expect(first).rejects.toThrow('no');
    await second;
    expect(seen).toEqual(['b1', 'a1', 'a2']);
  });
});

describe('slots', () => {
  test('let so many run at a time and no more, and are free again after a failure', async () => {
    const slots = new Slots(2);
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      throw new Error('no');
    };
    const all = await Promise.allSettled(Array.from({ length: 9 }, () => slots.run(task)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect([most, running]).toEqual([2, 0]);
  });
});

test('recent ids are the last ones of each partition', () => {
  const recent = new RecentIds(2);
  for (const id of ['a', 'b', 'a', 'c']) recent.add('t/0', id);
  recent.add('t/1', 'x');
  const known = ['a', 'b', 'c', 'x'].filter((id) => recent.has('t/0', id));
  expect(known).toEqual(['a', 'c']);
  expect(recent.has('t/1', 'x')).toBe(true);
});

describe('reading back', () => {
  /** A partition whose log begins at `low`, with what was noted, sought and resolved. */
  function partition(window: number, low: number) {
    const told = { noted: [] as string[], sought: [] as string[], resolved: [] as string[] };
    const readBack = new ReadBack({
      window,
      consumer: { seek: ({ offset }) => void told.sought.push(offset) },
      admin: {
        fetchTopicOffsets: async () => [{ partition: 0, offset: '0', high: '0', low: String(low) }],
      },
      note: ({ offset }) => void told.noted.push(offset),
    });
    const pass = async (from: number, to: number, signal: AbortSignal) => {
      const messages = Array.from({ length: to - from + 1 }, (_, at) => ({ offset: String(from + at) }));
      const passed = await readBack.pass(
        {
          batch: { topic: 't', partition: 0, messages: messages as KafkaMessage[] },
          resolveOffset: (offset: string) => void told.resolved.push(offset),
        } as unknown as EachBatchPayload,
        signal,
      );
      return passed?.messages.map(({ offset }) => offset);
    };
    return { told, pass };
  }
  const live = () => new AbortController().signal;

  test('notes what the group is done with, and hands over the rest, whatever batches they come in', async () => {
    const { told, pass } = partition(3, 0);
    const signal = live();
    expect(await pass(10, 12, signal)).toBeUndefined();
    expect(told.sought).toEqual(['7']);
    expect(await pass(7, 8, signal)).toBeUndefined();
    expect(told.resolved).toEqual(['8']);
    expect(await pass(9, 11, signal)).toEqual(['10', '11']);
    expect(await pass(12, 13, signal)).toEqual(['12', '13']);
    expect(told.noted).toEqual(['7', '8', '9']);
  });

  test('begins anew with each stay in the group, and not before the log does', async () => {
    const { told, pass } = partition(100, 4);
    expect(await pass(10, 12, live())).toBeUndefined();
    expect(await pass(20, 21, live())).toBeUndefined();
    expect(told.sought).toEqual(['4', '4']);
  });

  test('hands over at once what begins the log, or where nothing is to be remembered', async () => {
    expect(await partition(100, 10).pass(10, 11, live())).toEqual(['10', '11']);
    expect(await partition(0, 0).pass(10, 11, live())).toEqual(['10', '11']);
  });

  test('passes over nothing when a batch comes from behind where the group is', async () => {
    const { told, pass } = partition(3, 0);
    const signal = live();
    await pass(10, 12, signal);
    expect(await pass(13, 14, signal)).toBeUndefined();
    expect(told.resolved).toEqual(['9']);
    expect(await pass(10, 12, signal)).toEqual(['10', '11', '12']);
  });
});

describe('an option that does not fit is named', () => {
  const fine = { brokers: 'kafka:9092', kinds: ['session'] as const, group: 'g', onEvent: () => undefined };
  test.each([
    ['kinds', { kinds: [] }],
    ['kinds', { kinds: ['sessions'] as unknown as ['session'] }],
    ['group', { group: '' }],
    ['brokers', { brokers: ' , ' }],
    ['brokers', { kafka: { brokers: ['kafka:9092'] } }],
    ['concurrency', { concurrency: 0 }],
    ['retries', { retries: 1.5 }],
    ['onGap', { onGap: () => undefined }],
    ['deadLetterTopic', { deadLetterTopic: 'qiscus.session' }],
    ['deadLetterTopic', { deadLetterTopic: 'qiscus.canary' }],
    // By its name, without one that is given.
    ['deadLetterTopic', { group: 'qiscus' }],
  ])('%s', (name, changes) => {
    expect(() => planOf({ ...fine, ...changes })).toThrow(name);
  });

  test('and those that fit are filled up', () => {
    expect(planOf({ ...fine, brokers: 'a:1, b:2' })).toMatchObject({
      kafka: { brokers: ['a:1', 'b:2'] },
      topics: ['qiscus.session'],
      deadLetterTopic: 'g.dead-letter',
    });
  });
});
