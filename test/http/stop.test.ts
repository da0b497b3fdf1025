import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startPath } from '../consumer/setup.ts';

test('a consumer that is stopped ends in good order, though connections are kept alive and half-sent', async () => {
  const { consumer } = await startPath();
  const keptAlive = connect(consumer.port, '127.0.0.1');
  keptAlive.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(keptAlive, 'data');
  const halfSent = connect(consumer.port, '127.0.0.1');
  halfSent.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nhost:');
  await once(halfSent, 'connect');
  await consumer.stop();
  expect(await consumer.ended()).toBe(0);
});
