import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UNKNOWN_APP } from '../../worker/refused/tally.ts';
import { eventually } from '../support/eventually.ts';
import { uniquePrefix } from '../support/kafka.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { post } from './edge-helpers.ts';

async function refused({ url }: TestWorker): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const answer = (await (await fetch(`${url}/status`, { headers })).json()) as { refused: unknown };
  return answer.refused;
}

function edge(): Promise<TestWorker> {
  const env = { MAX_BODY_BYTES: '1000' };
  return startWorker({ brokers: '127.0.0.1:1', topicPrefix: uniquePrefix(), env });
}

describe('GET /status counts what was refused', () => {
  test('by app and reason, and still after a crash', async () => {
    const worker = await edge();
    expect(await refused(worker)).toEqual({});
    const admin = { authorization: `Bearer ${ADMIN_TOKEN}`, 'x-received-at': '2999-01-01T00:00:00Z' };
    const elsewhere = (path: string) => post(`${worker.url}/webhooks/${path}`, '{}');
    const answers = [
      await post(worker.webhookUrl, 'x'),
      await post(worker.webhookUrl, '[]'),
      await post(worker.webhookUrl, JSON.stringify({ text: 'x'.repeat(1_000) })),
      await post(worker.webhookUrl, '{}', { 'content-encoding': 'br' }),
      await post(worker.webhookUrl, '{}', admin),
      await elsewhere('demo/wrong-token'),
      await elsewhere('d%65mo/wrong-token'),
      await elsewhere('nobody/local-token'),
      await elsewhere('__proto__/local-token'),
      await elsewhere('%28unknown%29/local-token'),
      await elsewhere('%ff/local-token'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 413, 415, 400, ...Array(6).fill(401)]);
    expect((await post(worker.webhookUrl, '{}')).status).toBe(202);
    const counted = {
      demo: {
        'bad-received-at': 1,
        'not-json': 2,
        'too-large': 1,
        unauthorized: 2,
        'unknown-encoding': 1,
      },
      [UNKNOWN_APP]: { unauthorized: 4 },
    };
    expect(await refused(worker)).toEqual(counted);
    await worker.restart();
    expect(await refused(worker)).toEqual(counted);
    await elsewhere('nobody/local-token');
    expect(await refused(worker)).toEqual({ ...counted, [UNKNOWN_APP]: { unauthorized: 5 } });
  });

  test('and keeps it though nobody asks', async () => {
    const worker = await edge();
    expect((await post(worker.webhookUrl, 'x')).status).toBe(400);
    await eventually(async () => expect(await stored(worker)).toContain('not-json'));
    await worker.restart();
    expect(await refused(worker)).toEqual({ demo: { 'not-json': 1 } });
  });

  test('for the administrator alone', async () => {
    const worker = await edge();
    const answer = await fetch(`${worker.url}/status`);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('refused');
  });
});

/** All that the Worker's databases hold, as the bytes of their files. */
async function stored({ dir }: TestWorker): Promise<string> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const databases = files.filter((file) => file.isFile() && file.name.includes('.sqlite'));
  const contents = databases.map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(contents)).join();
}
