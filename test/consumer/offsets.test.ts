import type { EachBatchPayload, OffsetsByTopicPartition } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { Offsets } from '../../schemas/group/offsets.ts';
import { PartitionProgress } from '../../schemas/group/partition-progress.ts';

const quiet = { moved: () => undefined, committed: () => undefined, refused: () => undefined };
const live = () => new AbortController().signal;

/** Offsets, what the group was told, and batches of partitions of topic `t`. */
function offsetsUnderTest() {
  const offsets = new Offsets(quiet);
  const commits: string[] = [];
  const positions = new Map<number, string>();
  let failing = 0;
  const commit = async ({ topics }: OffsetsByTopicPartition) => {
    if (failing-- > 0) throw new Error('the coordinator is away');
    commits.push(
      topics
        .flatMap(({ partitions }) => partitions.map((each) => `${each.partition}@${each.offset}`))
        .join(' '),
    );
  };
  const batch = (partition: number, first: number) =>
    ({
      batch: { topic: 't', partition, highWatermark: '100', firstOffset: () => String(first) },
      resolveOffset: (offset: string) => void positions.set(partition, offset),
      commitOffsetsIfNecessary: commit,
    }) as unknown as EachBatchPayload;
  const take = (partition: number, first: number, last: number, signal: AbortSignal) =>
    offsets.take(batch(partition, first), String(last), signal);
  const fail = (times: number) => {
    failing = times;
  };
  return { offsets, commits, positions, batch, take, fail };
}

test('the offset moves only behind what stands without a gap, in whatever order batches are stored', async () => {
  const { commits, take } = offsetsUnderTest();
  const signal = live();
  const [first, second, third] = [take(0, 0, 4, signal), take(0, 5, 9, signal), take(0, 10, 14, signal)];
  second?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(commits).toEqual([]);
  first?.();
  await vi.waitFor(() => expect(commits).toEqual(['0@10']));
  third?.();
  await vi.waitFor(() => expect(commits).toEqual(['0@10', '0@15']));
});

test('what a lot has settled is committed in one request', async () => {
  const { commits, take } = offsetsUnderTest();
  const signal = live();
  for (const settle of [take(0, 0, 4, signal), take(1, 7, 8, signal), take(2, 0, 0, signal)]) settle?.();
  await vi.waitFor(() => expect(commits).toEqual(['0@5 1@9 2@1']));
});

test('a batch that is taken moves the position behind it at once, so that more is read meanwhile', () => {
  const { positions, take } = offsetsUnderTest();
  take(0, 0, 4, live());
  expect(positions.get(0)).toBe('4');
});

test('a commit that fails is tried again until it is done', async () => {
  const { offsets, commits, take, fail } = offsetsUnderTest();
  fail(2);
  take(0, 0, 4, live())?.();
  await offsets.settled();
  expect(commits).toEqual(['0@5']);
});

test('what was taken in a stay that is over moves no offset', async () => {
  const { commits, take } = offsetsUnderTest();
  const over = new AbortController();
  const before = take(0, 0, 4, over.signal);
  over.abort();
  const after = take(1, 3, 3, live());
  before?.();
  after?.();
  await vi.waitFor(() => expect(commits).toEqual(['1@4']));
});

test('what an earlier stay left unsettled is read first: a batch from behind it is not taken', () => {
  const { positions, take } = offsetsUnderTest();
  const over = new AbortController();
  take(0, 5, 9, over.signal);
  over.abort();
  const signal = live();
  expect(take(0, 10, 14, signal)).toBeUndefined();
  expect(positions.get(0)).toBe('4');
  expect(take(0, 5, 9, signal)).toBeDefined();
});

test('a partition is behind by what its group has not been told of', () => {
  const progress = new PartitionProgress({ topic: 't', partition: 0 }, 5n);
  const settle = progress.take(5n, 9n, 20n);
  expect(progress).toMatchObject({ lag: 15, isAhead: false, isBusy: true, unsettled: 5n });
  settle();
  expect(progress).toMatchObject({ lag: 15, isAhead: true, settledTo: 10n });
  progress.committed(10n);
  expect(progress).toMatchObject({ lag: 10, isBusy: false });
});

test('parts of a batch are settled one by one, and the offset moves behind the first that is not', async () => {
  const { offsets, commits, batch } = offsetsUnderTest();
  const parts = offsets.takeParts(batch(0, 3), { first: '3', lasts: ['3', '5', '6'] }, live()) ?? [];
  parts[1]?.();
  parts[0]?.();
  await vi.waitFor(() => expect(commits).toEqual(['0@6']));
  parts[2]?.();
  await vi.waitFor(() => expect(commits).toEqual(['0@6', '0@7']));
});
