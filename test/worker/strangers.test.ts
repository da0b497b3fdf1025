import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { workerAnswers } from '../../local/worker/worker.ts';
import { comesTooOften } from '../../worker/admit/strangers.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { testDir } from '../support/shared.ts';
import { ADMIN_TOKEN } from '../support/worker.ts';

const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
/** As `wrangler.toml` has it. */
const A_MINUTE = 100;

describe('under wrangler, which has the platform’s rate limiter', () => {
  let url: string;

  beforeAll(async () => {
    const [dir, port] = [await testDir('wrangler'), await freePort()];
    url = `http://127.0.0.1:${port}`;
    const variables = {
      WEBHOOK_TOKENS: '{"demo":["local-token"]}',
      ADMIN_TOKEN,
      KAFKA_BROKERS: '127.0.0.1:1',
    };
    const child = await startChild({
      command: process.execPath,
      args: [
        ...[WRANGLER, 'dev', '--port', String(port), '--inspector-port', String(await freePort())],
        ...['--persist-to', dir, '--show-interactive-dev-session=false'],
        ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
      ],
      cwd: ROOT,
      env: { ...baseEnvironment(), WRANGLER_SEND_METRICS: 'false', CI: 'true' },
      logFile: join(dir, 'log'),
    });
    undoAfterwards(async () => void (await child.stop()));
    await waitFor(() => workerAnswers(url), { timeoutMs: 60_000 });
  });

  const guess = (path = '/webhooks/demo/wrong', method = 'POST') =>
    fetch(url + path, { method, ...(method === 'POST' && { body: '{}' }) });

  test('who guesses tokens is told to wait; who has one never is, from the same address', async () => {
    const statuses = [];
    // The limiter counts by the minute, which may begin anew in between.
    for (let count = 0; count < 2 * A_MINUTE + 2; count++) statuses.push((await guess()).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.slice(0, A_MINUTE)).not.toContain(429);
    const late = await guess();
    if (late.status === 429) expect(late.headers.get('retry-after')).toBe('60');

    const body = JSON.stringify({ any: 'thing' });
    const known = Array.from({ length: 5 }, () =>
      fetch(`${url}/webhooks/demo/local-token`, { method: 'POST', body }),
    );
    for (const { status } of await Promise.all(known)) expect(status).toBe(202);
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    expect((await fetch(`${url}/status`, { headers })).status).toBe(200);
    expect([401, 429]).toContain((await guess('/status', 'GET')).status);
  });
});

describe('a limiter', () => {
  const from = (address?: string) =>
    new Request('http://edge', { headers: address === undefined ? {} : { 'cf-connecting-ip': address } });

  test('is asked by the address of the sender', async () => {
    const keys: string[] = [];
    const limiter = {
      limit: async ({ key }: { key: string }) => {
        keys.push(key);
        return { success: key !== '192.0.2.1' };
      },
    };
    expect(await comesTooOften(from('192.0.2.1'), limiter)).toBe(true);
    expect(await comesTooOften(from('192.0.2.2'), limiter)).toBe(false);
    expect(await comesTooOften(from(), limiter)).toBe(false);
    expect(keys).toEqual(['192.0.2.1', '192.0.2.2', 'unknown']);
  });

  test('that fails, or is not there, keeps nobody out', async () => {
    const limit = () => Promise.reject(new Error('away'));
    expect(await comesTooOften(from(), { limit })).toBe(false);
    expect(await comesTooOften(from(), undefined)).toBe(false);
  });
});
