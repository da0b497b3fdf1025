import { expect, test } from 'vitest';
import { Backoff, backoffMs } from '../../worker/publish/backoff.ts';

test('a wait is twice as long after each failure, up to its cap, less up to a half by chance', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 0))).toEqual([200, 400, 800, 1_600]);
  expect(backoffMs(3, 1)).toBe(400);
  expect(backoffMs(3, 0.5)).toBe(600);
  expect(backoffMs(1_000_000, 0)).toBe(5_000);
});

test('waiting ends when its time has come, and at once after a success, which also begins the doubling anew', () => {
  let nowMs = 1_000;
  const backoff = new Backoff({ now: () => nowMs, random: () => 0 });
  expect(backoff.isWaiting).toBe(false);
  backoff.fail();
  backoff.fail();
  expect(backoff.untilMs).toBe(1_400);
  nowMs = 1_399;
  expect(backoff.isWaiting).toBe(true);
  nowMs = 1_400;
  expect(backoff.isWaiting).toBe(false);
  backoff.fail();
  backoff.succeed();
  expect(backoff.isWaiting).toBe(false);
  backoff.fail();
  expect(backoff.untilMs).toBe(1_600);
});
