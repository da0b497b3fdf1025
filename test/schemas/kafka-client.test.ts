import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { expect, test, vi } from 'vitest';
import '../../schemas/kafka-client.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';

/** The requests to a broker that answers when it is told to; `sent` grows as they go out. */
function requestQueue(maxInFlightRequests: number) {
  const sent: number[] = [];
  const queue = new RequestQueue({
    maxInFlightRequests,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger: { debug: () => {} },
  });
  undoAfterwards(() => queue.destroy());
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: () => {}, reject: () => {} },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  const answer = (correlationId: number) =>
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { queue, sent, push, answer };
}

test('a connection to Kafka with nothing to send has no timer', () => {
  const { queue, push, answer } = requestQueue(1);
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  push(1);
  answer(1);
  expect(queue.throttleCheckTimeoutId).toBeNull();
});

test('a request that waits for another is sent when that is answered, and leaves no timer behind', async () => {
  const { queue, sent, push, answer } = requestQueue(1);
  push(1);
  push(2);
  expect(sent).toEqual([1]);
  answer(1);
  expect(sent).toEqual([1, 2]);
  answer(2);
  await eventually(() => expect(queue.throttleCheckTimeoutId).toBeNull());
});

test('a request that the broker holds back by throttling is sent when it may be', async () => {
  const { queue, sent, push } = requestQueue(5);
  queue.maybeThrottle(30);
  push(1);
  expect(sent).toEqual([]);
  await eventually(() => expect(sent).toEqual([1]));
  await eventually(() => expect(queue.throttleCheckTimeoutId).toBeNull());
});

test('a kafkajs that has changed where it is mended is refused at once', async () => {
  vi.resetModules();
  vi.doMock('kafkajs/src/network/requestQueue/index.js', () => ({ default: class {} }));
  undoAfterwards(() => {
    vi.doUnmock('kafkajs/src/network/requestQueue/index.js');
    vi.resetModules();
  });
  await expect(import('../../schemas/kafka-client.ts')).rejects.toThrow('look in schemas/kafka-client.ts');
});
