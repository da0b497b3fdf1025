import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { faultOf } from '../../worker/publish/faults.ts';
import { publish, type Sender } from '../../worker/publish/publisher.ts';

const protocolError = (type: string) => Object.assign(new KafkaJSProtocolError('refused'), { type });
const unreachable = new KafkaJSConnectionError('refused');

const event = (id: string, kind: Kind = 'session'): StreamEvent => ({
  id,
  app: 'demo',
  kind,
  subject: '1',
  occurredMs: 1,
  receivedMs: 1,
  outbox: 'demo/0',
  sequence: 1,
  payload: '{}',
});
const ids = (events: readonly StreamEvent[]) => events.map(({ id }) => id);

/** A sender that fails as its rule says, and notes what it sent and when its connection was given up. */
function scripted(rule: (events: readonly StreamEvent[]) => Error | undefined) {
  const log: (string[] | 'discarded')[] = [];
  const sender: Sender = {
    send: async (events) => {
      const error = rule(events);
      if (error !== undefined) throw error;
      log.push(ids(events));
    },
    discard: () => log.push('discarded'),
  };
  return { sender, log };
}

test('a batch that goes through is sent once, whole', async () => {
  const { sender, log } = scripted(() => undefined);
  expect(ids((await publish(sender, [event('a'), event('b')])).acknowledged)).toEqual(['a', 'b']);
  expect(log).toEqual([['a', 'b']]);
});

test('an unreachable cluster leaves everything unsent, and is not asked again at once', async () => {
  let sends = 0;
  const { sender } = scripted(() => {
    sends++;
    return unreachable;
  });
  expect(await publish(sender, [event('a'), event('b', 'message')])).toMatchObject({
    acknowledged: [],
    refused: [],
    held: [],
    fault: { scope: 'cluster' },
  });
  expect(sends).toBe(1);
});

describe('one message that the broker will never take', () => {
  const tooLarge = scripted((events) =>
    events.some(({ id }) => id === 'big') ? protocolError('MESSAGE_TOO_LARGE') : undefined,
  );

  test('is refused alone; those around it go out, in order', async () => {
    const published = await publish(
      tooLarge.sender,
      ['a', 'b', 'big', 'c', 'd'].map((id) => event(id)),
    );
    expect(published.refused).toMatchObject([{ event: { id: 'big' }, reason: 'MESSAGE_TOO_LARGE' }]);
    expect(ids(published.acknowledged)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('costs the producer: none is used again after a failed send', () => {
    const failures = tooLarge.log.filter((entry) => entry === 'discarded').length;
    expect(failures).toBeGreaterThan(0);
    expect(tooLarge.log[0]).toBe('discarded');
  });
});

test('a topic that cannot be written to holds its own kind only', async () => {
  const { sender } = scripted((events) =>
    events.some(({ kind }) => kind === 'message') ? protocolError('UNKNOWN_TOPIC_OR_PARTITION') : undefined,
  );
  const published = await publish(sender, [
    event('a'),
    event('b', 'message'),
    event('c'),
    event('d', 'message'),
  ]);
  expect(ids(published.acknowledged)).toEqual(['a', 'c']);
  expect(published.held).toEqual(['message']);
  expect(published.refused).toEqual([]);
});

test('once the cluster cannot be reached, nothing more is sent, of this kind or another', async () => {
  const failures = [protocolError('MESSAGE_TOO_LARGE'), protocolError('MESSAGE_TOO_LARGE'), unreachable];
  const { sender, log } = scripted(() => failures.shift());
  const published = await publish(sender, [event('a'), event('b'), event('c', 'message')]);
  expect(published).toMatchObject({ acknowledged: [], refused: [], held: [], fault: { scope: 'cluster' } });
  // The whole, the sessions, the first half of the sessions: each with a producer of its own, and then no more.
  expect(log).toEqual(['discarded', 'discarded', 'discarded']);
});

test('a kind whose topic fails between two halves is held from there on, and the next kind goes out', async () => {
  const failures = [
    protocolError('MESSAGE_TOO_LARGE'),
    protocolError('MESSAGE_TOO_LARGE'),
    protocolError('NOT_ENOUGH_REPLICAS'),
  ];
  const { sender, log } = scripted(() => failures.shift());
  const published = await publish(sender, [event('a'), event('b'), event('c', 'message')]);
  expect(published.held).toEqual(['session']);
  expect(ids(published.acknowledged)).toEqual(['c']);
  expect(log).toEqual(['discarded', 'discarded', 'discarded', ['c']]);
});

describe('faults are sorted by class and code', () => {
  test.each([
    [
      'the cause that kafkajs wrapped',
      new KafkaJSNumberOfRetriesExceeded(protocolError('RECORD_LIST_TOO_LARGE'), {
        retryCount: 2,
        retryTime: 1,
      }),
      'message',
    ],
    ['a lost connection', unreachable, 'cluster'],
    ['an idempotent producer that died for good', protocolError('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'cluster'],
    ['something never seen', new Error('?'), 'cluster'],
  ])('%s', (_, error, scope) => {
    expect(faultOf(error).scope).toBe(scope);
  });

  test.each([
    ['message', 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'],
    ['topic', 'UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION', 'TOPIC_AUTHORIZATION_FAILED'],
    ['topic', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'KAFKA_STORAGE_ERROR'],
    ['topic', 'NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
    ['cluster', 'CLUSTER_AUTHORIZATION_FAILED', 'REQUEST_TIMED_OUT', ''],
  ])("the broker's answer is about a %s: %s, %s, …", (scope, ...types) => {
    for (const type of types) expect(faultOf(protocolError(type))).toEqual({ scope, what: type });
  });

  test('what is no error of the protocol is told by its class, and what is no error as unknown', () => {
    expect(faultOf(Object.assign(new TypeError('secret'), { type: 'MESSAGE_TOO_LARGE' }))).toEqual({
      scope: 'cluster',
      what: 'TypeError',
    });
    expect(faultOf('secret')).toEqual({ scope: 'cluster', what: 'unknown' });
  });
});
