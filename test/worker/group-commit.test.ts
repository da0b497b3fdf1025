import { expect, test } from 'vitest';
import type { Appended, Arrival } from '../../worker/outbox/group.ts';
import { GroupCommit } from '../../worker/outbox/group-commit.ts';

const arrival = (id: string, payload = '{}'): Arrival => ({
  event: {
    id,
    retryOf: undefined,
    app: 'demo',
    kind: 'session',
    subject: '1',
    occurredMs: 1,
    receivedMs: 1,
    payload,
    traceparent: undefined,
  },
  place: { outbox: 'demo/0', generation: 1 },
});
const kept = (id: string): Appended => ({ outcome: 'kept', id, duplicate: false });

/** Commits to a disk that refuses some ids; each commit ends when the test says so. */
function commits(refused: readonly string[] = []) {
  const groups: string[][] = [];
  const syncs: PromiseWithResolvers<void>[] = [];
  let begun = Promise.withResolvers<void>();
  const reports: string[] = [];
  const commit = new GroupCommit({
    keep: (group) => {
      const ids = group.map(({ event }) => event.id);
      if (ids.some((id) => refused.includes(id))) throw new Error('too big');
      groups.push(ids);
      return ids.map(kept);
    },
    secure: () => {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      begun.resolve();
      return sync.promise;
    },
    onDurable: () => undefined,
    report: (event) => reports.push(event),
  });
  /** Waits until a commit is under way, and gives its end. */
  const next = async () => {
    await begun.promise;
    begun = Promise.withResolvers();
    return syncs.at(-1) ?? Promise.withResolvers<void>();
  };
  return { commit, groups, reports, next };
}

test('one commit is under way at a time, and the next takes all that waited', async () => {
  const { commit, groups, next } = commits();
  const first = commit.append(arrival('a'));
  const sync = await next();
  const others = ['b', 'c', 'd'].map((id) => commit.append(arrival(id)));
  await new Promise(setImmediate);
  expect(groups).toEqual([['a']]);
  sync.resolve();
  expect(await first).toEqual(kept('a'));
  (await next()).resolve();
  expect(await Promise.all(others)).toEqual(['b', 'c', 'd'].map(kept));
  expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
});

test('an event that the disk refuses fails alone, and those beside it are kept', async () => {
  const { commit, groups, reports, next } = commits(['huge']);
  const answers = Promise.allSettled(['a', 'huge', 'b'].map((id) => commit.append(arrival(id))));
  (await next()).resolve();
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(groups).toEqual([['a'], ['b']]);
  expect(reports).toEqual(['append-failed']);
});

test('a commit that does not become durable answers nobody, and the next one goes on', async () => {
  const { commit, next } = commits();
  const lost = commit.append(arrival('a'));
  (await next()).reject(new Error('disk'));
  await expect(lost).rejects.toThrow('disk');
  const later = commit.append(arrival('b'));
  (await next()).resolve();
  expect(await later).toEqual(kept('b'));
});

test('a group has its bounds, in events and in size', async () => {
  const { commit, groups, next } = commits();
  const many = Array.from({ length: 501 }, (_, at) => commit.append(arrival(`${at}`)));
  const large = ['x', 'y'].map((id) => commit.append(arrival(id, id.repeat(1_500_000))));
  for (let count = 0; count < 3; count++) {
    (await next()).resolve();
    await new Promise(setImmediate);
  }
  await Promise.all([...many, ...large]);
  expect(groups.map(({ length }) => length)).toEqual([500, 2, 1]);
});

test('what waits for a disk that does not answer is bounded: beyond, senders are to come again', async () => {
  const { commit, next } = commits();
  const payload = 'x'.repeat(9_000_000);
  const first = commit.append(arrival('a', payload));
  expect(await commit.append(arrival('b', payload))).toEqual({ outcome: 'full' });
  (await next()).resolve();
  expect(await first).toEqual(kept('a'));
});
