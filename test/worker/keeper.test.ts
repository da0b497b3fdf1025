import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Keeper } from '../../worker/outbox/keeper.ts';
import type { NewEvent } from '../../worker/outbox/new-event.ts';
import { sqliteStorage } from './sqlite-storage.ts';

const EVENT: NewEvent = {
  id: 'a',
  retryOf: undefined,
  app: 'demo',
  kind: 'session',
  subject: '1',
  occurredMs: 1,
  receivedMs: 1,
  payload: '{}',
  traceparent: undefined,
};
const PLACE = { outbox: 'demo/0', generation: 1 };

let sqlite: ReturnType<typeof sqliteStorage>;
beforeEach(() => {
  sqlite = sqliteStorage();
});
afterEach(() => sqlite.close());

test('what is not durable yet is answered for by nobody: neither the first delivery, nor a fence, nor who asks', async () => {
  const durable = Promise.withResolvers<void>();
  const isWritten = Promise.withResolvers<void>();
  const sync = () => {
    isWritten.resolve();
    return durable.promise;
  };
  const alarms = { getAlarm: async () => null, setAlarm: async () => undefined };
  const keeper = new Keeper(
    {
      storage: { ...sqlite, ...alarms, sync },
      sender: { isConnected: false, send: async () => undefined, discard: () => undefined },
      clock: { now: () => 1, random: () => 0 },
      report: () => undefined,
    },
    { maxBytes: 1_000_000, dedupMs: 1_000 },
  );
  const answers: string[] = [];
  const first = keeper.append(EVENT, PLACE).then(() => answers.push('append'));
  await isWritten.promise;
  const asked = keeper.recall(EVENT).then((id) => answers.push(`recall ${id}`));
  const fenced = keeper.fence(2).then(() => answers.push('fence'));
  // Whoever waits for nothing answers before this.
  expect(await keeper.recall({ ...EVENT, id: 'b' })).toBeUndefined();
  await new Promise(setImmediate);
  expect(answers).toEqual([]);

  durable.resolve();
  await Promise.all([first, asked, fenced]);
  expect(answers.sort()).toEqual(['append', 'fence', 'recall a']);
});

test('acks that take long hold up no commit: events behind them are answered, and status tells of them', async () => {
  const acks: PromiseWithResolvers<void>[] = [];
  const isSent = Promise.withResolvers<void>();
  let isAcknowledging = false;
  const send = async () => {
    if (isAcknowledging) return;
    const ack = Promise.withResolvers<void>();
    acks.push(ack);
    isSent.resolve();
    await ack.promise;
  };
  const alarms = { getAlarm: async () => null, setAlarm: async () => undefined };
  const keeper = new Keeper(
    {
      storage: { ...sqlite, ...alarms, sync: async () => undefined },
      sender: { isConnected: true, send, discard: () => undefined },
      clock: { now: () => 1, random: () => 0 },
      report: () => undefined,
    },
    { maxBytes: 1_000_000, dedupMs: 1_000 },
  );
  await keeper.append(EVENT, PLACE);
  await isSent.promise;
  for (const id of ['b', 'c', 'd']) {
    expect(await keeper.append({ ...EVENT, id }, PLACE)).toMatchObject({ outcome: 'kept', id });
  }
  expect(acks).toHaveLength(1);
  expect(keeper.status('demo/0')).toMatchObject({ pending: 4, last_sequence: 4 });
  isAcknowledging = true;
  acks[0]?.resolve();
  await vi.waitFor(() => expect(keeper.status('demo/0').pending).toBe(0));
});
