import { expect, test } from 'vitest';
import type { StreamEvent } from '../../schemas/event.ts';
import { KafkaSender } from '../../worker/publish/kafka-sender.ts';
import { Sockets } from '../../worker/publish/sockets.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers } from '../support/shared.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { arrived, readTopics } from './edge-helpers.ts';

const event = (sequence: number): StreamEvent => ({
  id: String(sequence).padStart(32, '0'),
  app: 'demo',
  kind: 'session',
  subject: '1',
  occurredMs: 1,
  receivedMs: 1,
  outbox: 'demo/0',
  sequence,
  payload: '{}',
});

/** A sender whose first connection goes through a proxy, and the topics that it writes to. */
async function behindProxy() {
  const [brokers, prefix] = [await sharedBrokers(), uniquePrefix()];
  await createTopics(prefix);
  const proxy = await startTcpProxy(Number(brokers.split(':')[1]));
  undoAfterwards(() => proxy.set('cut'));
  const settings = {
    KAFKA_BROKERS: [`127.0.0.1:${proxy.port}`],
    KAFKA_SSL: false,
    TOPIC_PREFIX: prefix,
  };
  const sender = new KafkaSender(settings);
  undoAfterwards(() => sender.discard());
  return { sender, proxy, brokers, prefix };
}

test('a send that was given up while it connected does not come to life again', async () => {
  const { sender, proxy, brokers, prefix } = await behindProxy();
  await proxy.set('hang');
  const givenUp = sender.send([event(1)]);
  const ended = expect(givenUp).rejects.toThrow();
  await eventually(() => expect(proxy.bytesIn()).toBeGreaterThan(0));
  sender.discard();
  await proxy.set('pass');
  proxy.reset();
  await ended;

  await sender.send([event(2)]);
  const reader = await readTopics(brokers, prefix);
  const found = await arrived(reader, 1);
  expect(found.map(({ headers }) => Number(headers.ce_sequence))).toEqual([2]);
});

test('a client that was given up has no connection any more, and gets no other', async () => {
  const proxy = await startTcpProxy(Number((await sharedBrokers()).split(':')[1]));
  undoAfterwards(() => proxy.set('cut'));
  const sockets = new Sockets();
  const place = { host: '127.0.0.1', port: proxy.port, ssl: undefined as never, onConnect: () => {} };
  const socket = sockets.open(place);
  const failure = new Promise((resolve) => socket.once('error', resolve));
  sockets.close();
  expect(await failure).toMatchObject({ name: 'GivenUp' });
  expect(socket.destroyed).toBe(true);
  expect(() => sockets.open(place)).toThrow('given up');
});
