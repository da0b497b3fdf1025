import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../../local/clickhouse/native.ts';
import { Sessions } from '../../local/clickhouse/sessions.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a session ends when nobody has asked for its timeout, and not while a request of it runs', async () => {
  const closed: Connection[] = [];
  const connection = {} as Connection;
  const sessions = new Sessions({ open: () => connection, close: (it) => void closed.push(it) });
  const ask = { id: 'user/one', timeoutMs: 1000, mustExist: false };
  await sessions.use(ask, async () => undefined);
  vi.advanceTimersByTime(900);
  const work = Promise.withResolvers<void>();
  const running = sessions.use({ ...ask, mustExist: true }, () => work.promise);
  vi.advanceTimersByTime(5000);
  expect(closed).toEqual([]);
  work.resolve();
  await running;
  vi.advanceTimersByTime(999);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(closed).toEqual([connection]);
  await expect(sessions.use({ ...ask, mustExist: true }, async () => undefined)).rejects.toMatchObject({
    code: 372,
  });
});
