import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { SubscribeError, subscribe } from '../../schemas/subscribe/index.ts';
import { KINDS } from '../../schemas/webhooks.ts';
import { event, groupProgress, sample, sessions } from '../consumer/events.ts';
import { eventually } from '../support/eventually.ts';
import { messagesOf, ofRooms, recorder, startStream } from './setup.ts';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

describe('a subscriber', () => {
  test('is handed typed events of its kinds, and of no other', async () => {
    const { publish, join } = await startStream();
    const texts: unknown[] = [];
    await join({
      kinds: ['session', 'resolution'],
      onEvent: (event) => {
        texts.push(
          event.kind === 'session' ? event.payload.payload.message?.text : event.payload.service.room_id,
        );
      },
    });
    await publish.events([
      event('session', sample('session'), 1),
      event('message', sample('message'), 2),
      event('resolution', sample('resolution'), 3),
    ]);
    await eventually(() => expect(texts).toHaveLength(2));
    expect(texts).toContain('Halo');
  });

  test('keeps the order within a key, and handles no more events at a time than it may', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent } = recorder();
    let running = 0;
    let most = 0;
    await publish.events(ofRooms(1, 200, 10));
    await join({
      concurrency: 4,
      onEvent: async (each) => {
        most = Math.max(most, ++running);
        await sleep(each.sequence % 3);
        running--;
        onEvent(each);
      },
    });
    await eventually(() => expect(events).toHaveLength(200), { timeoutMs: 30_000 });
    for (const [, each] of Map.groupBy(events, ({ subject }) => subject)) {
      const order = each.map(({ sequence }) => sequence);
      expect(order).toEqual(sorted(order));
    }
    expect(most).toBe(4);
  });

  test('moves its offset only when the handler is done', async () => {
    const { brokers, topicPrefix, group, publish, join } = await startStream();
    const gate = Promise.withResolvers<void>();
    const subscription = await join({ onEvent: () => gate.promise });
    await publish.events(sessions(1, 3));
    await eventually(() => expect(subscription.health().inHand).toBe(3));
    const progress = () => groupProgress(brokers, group, [`${topicPrefix}session`]);
    expect(await progress()).toMatchObject({ committed: 0 });
    expect((await subscription.lag()).reduce((sum, { behind }) => sum + behind, 0)).toBe(3);
    gate.resolve();
    await eventually(async () => expect(await progress()).toMatchObject({ committed: 3, behind: 0 }));
    expect(subscription.health()).toMatchObject({ state: 'running', handled: 3, inHand: 0 });
    expect((await subscription.lag()).every(({ behind }) => behind === 0)).toBe(true);
  });

  test('tries again what its handler threw at, and others need not wait for it', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent, sequences } = recorder();
    const attempts: number[] = [];
    const subscription = await join({
      retries: 1_000,
      onEvent: (each, { attempt }) => {
        if (each.sequence === 1) attempts.push(attempt);
        if (each.sequence === 1 && (attempt < 2 || events.length < 19)) throw new Error('not yet');
        onEvent(each);
      },
    });
    await publish.events(sessions(1, 20));
    await eventually(() => expect(events).toHaveLength(20));
    expect(attempts.length).toBeGreaterThan(2);
    expect(attempts).toEqual([...attempts.keys()]);
    expect(sequences().at(-1)).toBe(1);
    expect(subscription.health()).toMatchObject({ failures: attempts.length - 1, deadLetters: 0 });
  });

  test('puts into its dead-letter topic what fails for good and what is no event, and goes on', async () => {
    const { brokers, group, publish, join } = await startStream();
    const { onEvent, sequences } = recorder();
    const troubles: string[] = [];
    const subscription = await join({
      retries: 1,
      onTrouble: ({ what }) => void troubles.push(what),
      onEvent: (each) => {
        if (each.sequence === 1) throw new TypeError('the CRM has no such room');
        onEvent(each);
      },
    });
    const [failing] = sessions(1, 1);
    await publish.events(failing ? [failing] : []);
    await publish.raw({
      topic: 'session',
      key: Buffer.from('k'),
      value: Buffer.from([0, 255]),
      headers: { mine: 'x' },
    });
    await publish.events(sessions(2, 4));
    const letters = await messagesOf(brokers, `${group}.dead-letter`, 2);
    const told = letters.map(({ key, value, headers }) => ({
      key: String(key),
      value: value?.toString('latin1'),
      ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)])),
    }));
    expect(told).toContainEqual(
      expect.objectContaining({
        key: 'demo:room-1',
        value: Buffer.from(sample('session')).toString('latin1'),
        ce_id: failing?.id,
        dlq_id: failing?.id,
        dlq_stage: 'handle',
        dlq_reason: 'TypeError: the CRM has no such room',
      }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ key: 'k', value: '\u0000ÿ', mine: 'x', dlq_stage: 'decode' }),
    );
    await eventually(() => expect(sorted(sequences())).toEqual([2, 3, 4]));
    // A letter can be read before the subscriber has heard that it stands.
    await eventually(() => expect(subscription.health()).toMatchObject({ deadLetters: 2, failures: 2 }));
    await eventually(async () =>
      expect((await subscription.lag()).every(({ behind }) => behind === 0)).toBe(true),
    );
    expect(troubles.filter((what) => what.includes('to the dead-letter topic'))).toHaveLength(2);
  });

  test('leaves out what comes again, also after it was stopped and another has taken over', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent } = recorder();
    const first = await join({ onEvent });
    await publish.events(sessions(1, 30));
    await eventually(() => expect(events).toHaveLength(30));
    await publish.events(sessions(25, 30));
    await eventually(() => expect(first.health().duplicates).toBe(6));
    await first.stop();
    expect(first.health().state).toBe('stopped');
    await first.ended;
    await publish.events([...sessions(1, 10), ...sessions(31, 33)]);
    const second = await join({ onEvent });
    await eventually(() => expect(second.health()).toMatchObject({ duplicates: 10, handled: 3 }), {
      timeoutMs: 30_000,
    });
    expect(sorted(events.map(({ sequence }) => sequence))).toEqual(range(1, 33));
  });

  test('finishes what is in hand when it stops, and begins nothing more', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent } = recorder();
    const gate = Promise.withResolvers<void>();
    const begun: number[] = [];
    const first = await join({
      concurrency: 2,
      onEvent: async (each) => {
        begun.push(each.sequence);
        await gate.promise;
        onEvent(each);
      },
    });
    await publish.events(sessions(1, 20));
    await eventually(() => expect(begun).toHaveLength(2));
    const stopped = first.stop();
    gate.resolve();
    await stopped;
    expect(events).toHaveLength(begun.length);
    await join({ onEvent });
    await eventually(() => expect(events.length).toBeGreaterThanOrEqual(20), { timeoutMs: 30_000 });
    expect(sorted(events.map(({ sequence }) => sequence))).toEqual(range(1, 20));
  });

  test('tells sequence numbers that did not come, once', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent } = recorder();
    const gaps: unknown[] = [];
    await publish.events([...sessions(1, 4), event('message', sample('message'), 5), ...sessions(8, 9)]);
    const subscription = await join({
      kinds: KINDS,
      onEvent,
      onGap: (gap) => void gaps.push(gap),
      gapAfterMs: 300,
    });
    await eventually(() => expect(events).toHaveLength(7));
    await eventually(() => expect(gaps).toEqual([{ outbox: 'demo/0', from: 6, to: 7 }]));
    expect(subscription.health().gaps).toBe(1);
    await publish.events(sessions(6, 7));
    await eventually(() => expect(subscription.health().gaps).toBe(0));
    expect(gaps).toHaveLength(1);
  });

  test('from now on misses nothing that comes after it began for the first time', async () => {
    const { publish, join } = await startStream();
    const { events, onEvent } = recorder();
    await publish.events(sessions(1, 5));
    const first = await join({ from: 'now', onEvent });
    await first.stop();
    await publish.events(sessions(6, 8));
    await join({ from: 'now', onEvent });
    await eventually(() => expect(events).toHaveLength(3));
    expect(sorted(events.map(({ sequence }) => sequence))).toEqual([6, 7, 8]);
  });

  test('says in a sentence what it cannot subscribe to', async () => {
    const { brokers, group } = await startStream();
    const onEvent = () => undefined;
    const missing = subscribe({ brokers, group, kinds: ['session'], topicPrefix: 'nowhere.', onEvent });
    await expect(missing).rejects.toThrow('not there, or not to be seen by this user: nowhere.session');
    const away = subscribe({
      kafka: { brokers: [`127.0.0.1:${await freePort()}`], retry: { retries: 0 } },
      group,
      kinds: ['session'],
      onEvent,
    });
    await expect(away).rejects.toThrow(SubscribeError);
  });
});
