import type { EachBatchPayload } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { heartbeatingUntil } from '../../consumer/settle/settle.ts';
import { ownClock } from '../support/own-clock.ts';

/** A batch, and what was done with it, in order. */
function batchPayload(changes: Partial<EachBatchPayload> = {}) {
  const done: string[] = [];
  const payload = {
    heartbeat: async () => void done.push('heartbeat'),
    ...changes,
  } as unknown as EachBatchPayload;
  return { payload, done };
}

test('heartbeats go on every second while room is waited for', async () => {
  ownClock();
  const { payload, done } = batchPayload();
  const { promise, resolve } = Promise.withResolvers<void>();
  const awaited = heartbeatingUntil(payload, promise);
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(['heartbeat']);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(done).toEqual(Array(5).fill('heartbeat'));
  resolve();
  await awaited;
  expect(done).toEqual(Array(5).fill('heartbeat'));
});

test('a wait that is over leaves no timer that would keep the process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  await heartbeatingUntil(batchPayload().payload, Promise.resolve());
  expect(timers()).toBe(before);
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
