import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers } from '../support/shared.ts';

describe('npm run topics says in one line what is wrong with Kafka and what to do, and ends with 1', () => {
  const told = async (settings: Record<string, string>) => {
    const failed = await runScript('schemas/create-topics.ts', settings).catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    return failed.stderr;
  };

  test('where nothing listens', async () => {
    const brokers = `127.0.0.1:${await freePort()}`;
    const line = await told({ KAFKA_BROKERS: brokers });
    expect(line).toContain(`No Kafka answers at ${brokers} (ECONNREFUSED)`);
    expect(line).toContain('set KAFKA_BROKERS');
  });

  test('where something listens that is no Kafka, and hangs up', async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.end('no\r\n')).listen(port, '127.0.0.1');
    undoAfterwards(() => void server.close());
    expect(await told({ KAFKA_BROKERS: `127.0.0.1:${port}` })).toContain('No Kafka answers at');
  });

  test('where the cluster cannot keep as many copies', async () => {
    const settings = { KAFKA_BROKERS: await sharedBrokers(), TOPIC_PREFIX: 'none.' };
    const line = await told({ ...settings, TOPIC_REPLICATION_FACTOR: '3' });
    expect(line).toContain('INVALID_REPLICATION_FACTOR. Set TOPIC_REPLICATION_FACTOR');
  });
});
