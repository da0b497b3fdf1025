import type { EachBatchPayload } from 'kafkajs';
import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { HeldPartitions } from '../../consumer/settle/held-partitions.ts';
import { createMetrics } from '../../consumer/watch/metrics.ts';
import { ownClock } from '../support/own-clock.ts';

const MOST_BYTES = 48_000_000;
const HOLD = { reason: 'sessions_rows: 60', messages: 7 };
const live = () => new AbortController().signal;

/** A consumer whose partitions wait, and what is told of them. */
function heldPartitions() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics([]);
  const shown = async () =>
    (await metrics.held.get()).values.map(({ labels, value }) => ({ ...labels, value }));
  return { held: new HeldPartitions({ log, metrics }), lines, shown };
}

/** A batch of a partition, and what has become of the partition's reading, in order. */
function batchOf(partition: number, topic = 'q.session') {
  const done: string[] = [];
  const pause = () => {
    done.push('paused');
    return () => void done.push('resumed');
  };
  const batch = { topic, partition, firstOffset: () => '41' };
  return { payload: { batch, pause } as unknown as EachBatchPayload, done };
}

describe('a partition that waits', () => {
  test('is not read until it goes on, is shown with how much waits and why, and is logged once', async () => {
    const { held, lines, shown } = heldPartitions();
    const { payload, done } = batchOf(3);
    const { end } = held.hold(payload, HOLD, 10);
    expect(done).toEqual(['paused']);
    const place = { topic: 'q.session', partition: 3, reason: HOLD.reason };
    expect(await shown()).toEqual([{ ...place, value: 7 }]);
    expect(lines).toMatchObject([
      {
        ...place,
        level: 50,
        msg: 'held',
        offset: '41',
        messages: 7,
        hint: expect.stringMatching(/tried again.*go on/),
      },
    ]);

    end();
    expect(done).toEqual(['paused', 'resumed']);
    expect(await shown()).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  test('is shown with what waits by now and the reason of now, and not with those before', async () => {
    const { held, shown } = heldPartitions();
    const { payload, done } = batchOf(3);
    const { changed, end } = held.hold(payload, HOLD, 10);
    changed({ reason: 'messages_rows: 241', messages: 2 });
    const place = { topic: 'q.session', partition: 3 };
    expect(await shown()).toEqual([{ ...place, reason: 'messages_rows: 241', value: 2 }]);
    changed({ reason: 'messages_rows: 241', messages: 0 });
    expect(await shown()).toEqual([]);
    expect(done).toEqual(['paused']);
    end();
    expect(await shown()).toEqual([]);
  });
});

/** Whether more may be read now. */
const hasRoom = (held: HeldPartitions) =>
  Promise.race([held.room.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

test('so many bytes may wait in memory and no more, and what has gone on makes room', async () => {
  const { held } = heldPartitions();
  expect(await hasRoom(held)).toBe(true);
  const first = held.hold(batchOf(1).payload, HOLD, MOST_BYTES);
  expect(await hasRoom(held)).toBe(true);
  const second = held.hold(batchOf(2).payload, HOLD, 1);
  expect(await hasRoom(held)).toBe(false);
  const { room } = held;
  second.end();
  await room;
  expect(await hasRoom(held)).toBe(true);
  first.end();
});

describe('what cannot be read', () => {
  /** How long a partition waits when it is read later, in milliseconds, to the tenth of a second. */
  async function waitOf(
    held: HeldPartitions,
    { payload, done }: ReturnType<typeof batchOf>,
  ): Promise<number> {
    const before = Date.now();
    const isOver = held.readLater(payload, HOLD, live());
    while (done.at(-1) !== 'resumed' && Date.now() - before < 60_000) await vi.advanceTimersByTimeAsync(100);
    expect(done).toEqual(['paused', 'resumed']);
    await isOver;
    return Date.now() - before;
  }

  test('is read again after a second, then each time after twice as long, up to half a minute', async () => {
    ownClock();
    const { held } = heldPartitions();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) waits.push(await waitOf(held, batchOf(3)));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('is read again after a second, once it has been passed, and also in another partition or topic', async () => {
    ownClock();
    const { held } = heldPartitions();
    for (let attempt = 0; attempt < 3; attempt++) await waitOf(held, batchOf(3));
    expect(await waitOf(held, batchOf(4))).toBe(1_000);
    expect(await waitOf(held, batchOf(3, 'q.message'))).toBe(1_000);
    held.movedOn(batchOf(4).payload);
    expect(await waitOf(held, batchOf(3))).toBe(8_000);
    held.movedOn(batchOf(3).payload);
    expect(await waitOf(held, batchOf(3))).toBe(1_000);
  });

  test('waits no longer than the stay in the group, takes up no room, and is shown meanwhile', async () => {
    ownClock();
    const { held, shown } = heldPartitions();
    const { payload, done } = batchOf(3);
    const stay = new AbortController();
    const isOver = held.readLater(payload, HOLD, stay.signal);
    expect(await shown()).toMatchObject([{ partition: 3, value: 7 }]);
    held.hold(batchOf(4).payload, HOLD, MOST_BYTES).end();
    stay.abort();
    await isOver;
    expect(done).toEqual(['paused', 'resumed']);
    expect(await shown()).toEqual([]);
  });
});
