import { expect, test } from 'vitest';
import { Alarm } from '../../worker/outbox/alarm.ts';

const NOW_MS = 100_000;

/** An alarm on a storage that notes what is set, and fails as often as it is told. */
async function alarmOn({ standsAtMs = null as number | null, failures = 0 } = {}) {
  const set: number[] = [];
  let left = failures;
  const storage = {
    getAlarm: async () => standsAtMs,
    setAlarm: async (atMs: number) => {
      if (left-- > 0) throw new Error('no room');
      set.push(atMs);
    },
  };
  const alarm = new Alarm(storage, () => NOW_MS);
  await alarm.start();
  return { alarm, set };
}

test('an alarm that stands early enough is not set again, and one that is needed sooner is', async () => {
  const { alarm, set } = await alarmOn({ standsAtMs: NOW_MS + 500 });
  await alarm.by(NOW_MS + 500);
  await alarm.by(NOW_MS + 900);
  expect(set).toEqual([]);
  await alarm.by(NOW_MS + 499);
  expect(set).toEqual([NOW_MS + 499]);
  alarm.rang();
  await alarm.by(NOW_MS + 900);
  expect(set).toEqual([NOW_MS + 499, NOW_MS + 900]);
});

test('an alarm that could not be set does not count as standing', async () => {
  const { alarm, set } = await alarmOn({ failures: 1 });
  await expect(alarm.by(NOW_MS + 5)).rejects.toThrow('no room');
  await alarm.by(NOW_MS + 9);
  expect(set).toEqual([NOW_MS + 9]);
});

test('who relies on an alarm that is being set hears of it when that fails', async () => {
  const { alarm } = await alarmOn({ failures: 1 });
  const both = await Promise.allSettled([alarm.by(NOW_MS + 5), alarm.by(NOW_MS + 9)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('an alarm long past never goes off by itself: it is set anew, and is due at once', async () => {
  const { alarm, set } = await alarmOn({ standsAtMs: NOW_MS - 3_600_000 });
  await alarm.by(NOW_MS + 3_600_000);
  expect(set).toEqual([NOW_MS]);
});

test('an alarm that is a little late is waited for', async () => {
  const { alarm, set } = await alarmOn({ standsAtMs: NOW_MS - 1_000 });
  await alarm.by(NOW_MS + 5_000);
  expect(set).toEqual([]);
});
