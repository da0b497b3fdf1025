import Connection from 'kafkajs/src/network/connection.js';
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

test('of an answer that has been handed on, a connection to Kafka keeps nothing', () => {
  const answers: { readonly correlationId: number; readonly payload: Buffer }[] = [];
  const connection: Connection = Object.assign(Object.create(Connection.prototype), {
    chunks: [],
    bytesBuffered: 0,
    bytesNeeded: 4,
    requestQueue: { fulfillRequest: (answer: (typeof answers)[number]) => void answers.push(answer) },
  });
  const answer = (correlationId: number, text: string) => {
    const bytes = Buffer.alloc(8 + text.length);
    bytes.writeInt32BE(4 + text.length);
    bytes.writeInt32BE(correlationId, 4);
    bytes.write(text, 8);
    return bytes;
  };
  const told = () => answers.map(({ correlationId, payload }) => [correlationId, payload.toString()]);

  const [first, second] = [answer(1, 'one'), answer(2, 'two')];
  connection.processData(first.subarray(0, 6));
  expect(connection.chunks).toHaveLength(1);
  connection.processData(Buffer.concat([first.subarray(6), second.subarray(0, 3)]));
  expect(told()).toEqual([[1, 'one']]);
  connection.processData(second.subarray(3));
  expect(told()).toEqual([
    [1, 'one'],
    [2, 'two'],
  ]);
  expect(connection.chunks).toEqual([]);
  connection.processData(Buffer.concat([answer(3, ''), answer(4, 'four')]));
  expect(told().slice(2)).toEqual([
    [3, ''],
    [4, 'four'],
  ]);
  expect(connection.chunks).toEqual([]);
});

test.each(['kafkajs/src/network/requestQueue/index.js', 'kafkajs/src/network/connection.js'])(
  'a kafkajs that has changed where it is mended (%s) is refused at once',
  async (path) => {
    vi.resetModules();
    vi.doMock(path, () => ({ default: class {} }));
    undoAfterwards(() => {
      vi.doUnmock(path);
      vi.resetModules();
    });
    await expect(import('../../schemas/kafka-client.ts')).rejects.toThrow('look in schemas/kafka-client.ts');
  },
);
