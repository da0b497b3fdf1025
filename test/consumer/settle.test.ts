import type { EachBatchPayload } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { type Stored, settle } from '../../consumer/settle/settle.ts';

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

test('the offset behind the batch is committed once it is stored, and not before; heartbeats go on meanwhile', async () => {
  const { payload, done } = batchPayload();
  const { promise, resolve } = Promise.withResolvers<Stored>();
  const settled = settle(payload, promise);
  await vi.waitFor(() => expect(done).toContain('heartbeat'), { timeout: 5_000 });
  expect(new Set(done)).toEqual(new Set(['heartbeat']));
  resolve('stored');
  expect(await settled).toBe(true);
  expect(done.filter((step) => step !== 'heartbeat')).toEqual([
    'commit {"topics":[{"topic":"t","partitions":[{"partition":3,"offset":"42"}]}]}',
    'resolve 41',
  ]);
});

test('an abandoned batch moves no offset', async () => {
  const { payload, done } = batchPayload();
  expect(await settle(payload, Promise.resolve('abandoned'))).toBe(false);
  expect(done).toEqual([]);
});

test('a batch whose commit fails is not resolved, so that it is fetched again', async () => {
  const failure = new Error('rebalance');
  const { payload, done } = batchPayload({ commitOffsetsIfNecessary: () => Promise.reject(failure) });
  await expect(settle(payload, Promise.resolve('stored'))).rejects.toBe(failure);
  expect(done).toEqual([]);
});

test('a failing heartbeat ends the wait, so that the group can be joined again', async () => {
  const failure = new Error('rebalance');
  const { payload, done } = batchPayload({ heartbeat: () => Promise.reject(failure) });
  await expect(settle(payload, new Promise(() => {}))).rejects.toBe(failure);
  expect(done).toEqual([]);
});
