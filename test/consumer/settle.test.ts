import type { EachBatchPayload } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { heartbeatingUntil, settle } from '../../consumer/settle/settle.ts';
import { ownClock } from '../support/own-clock.ts';

/** A batch of topic `t`, partition 3, that ends at offset 41, and what was done with it, in order. */
function batchPayload(changes: Partial<EachBatchPayload> = {}) {
  const done: string[] = [];
  const payload = {
    batch: { topic: 't', partition: 3, lastOffset: () => '41' },
    heartbeat: async () => void done.push('heartbeat'),
    commitOffsetsIfNecessary: async (offsets: unknown) => void done.push(`commit ${JSON.stringify(offsets)}`),
    resolveOffset: (offset: string) => void done.push(`resolve ${offset}`),
    ...changes,
  } as unknown as EachBatchPayload;
  return { payload, done };
}

test('heartbeats go on every second while a batch is waited for, and no offset moves', async () => {
  ownClock();
  const { payload, done } = batchPayload();
  const { promise, resolve } = Promise.withResolvers<string>();
  const awaited = heartbeatingUntil(payload, promise);
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(['heartbeat']);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(done).toEqual(Array(5).fill('heartbeat'));
  resolve('stored');
  expect(await awaited).toBe('stored');
  expect(done).toEqual(Array(5).fill('heartbeat'));
});

test('a wait that is over leaves no timer that would keep the process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  await heartbeatingUntil(batchPayload().payload, Promise.resolve('stored'));
  expect(timers()).toBe(before);
});

test('the offset behind the last message that stands is committed, and only then resolved', async () => {
  const { payload, done } = batchPayload();
  await settle(payload, '40');
  expect(done).toEqual([
    'commit {"topics":[{"topic":"t","partitions":[{"partition":3,"offset":"41"}]}]}',
    'resolve 40',
  ]);
});

test('a batch whose commit fails is not resolved, so that it is fetched again', async () => {
  const failure = new Error('rebalance');
  const { payload, done } = batchPayload({ commitOffsetsIfNecessary: () => Promise.reject(failure) });
  await expect(settle(payload, '41')).rejects.toBe(failure);
  expect(done).toEqual([]);
});

test('a failing heartbeat ends the wait, so that the group can be joined again', async () => {
  const failure = new Error('rebalance');
  const { payload, done } = batchPayload({ heartbeat: () => Promise.reject(failure) });
  ownClock();
  const ended = expect(heartbeatingUntil(payload, new Promise(() => {}))).rejects.toBe(failure);
  await vi.advanceTimersByTimeAsync(1_000);
  await ended;
  expect(done).toEqual([]);
});
