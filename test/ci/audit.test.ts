import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { runScript } from '../support/programs.ts';

const KNOWN = { id: 1, title: 'a hole', url: 'https://example.com/1', vulnerable_versions: '*' };
const VERSION = '2.2.4';
const PACKAGE = {
  name: 'kafkajs',
  'dist-tags': { latest: VERSION },
  versions: { [VERSION]: { name: 'kafkajs', version: VERSION } },
};
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('the audit of dependencies in CI', () => {
  test.each(['high', 'critical'])('ends with 1 and names the package of a %s fault', async (severity) => {
    const registry = await registryThatSays(200, { kafkajs: [{ ...KNOWN, severity }] });
    await expect(audit(registry)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`${severity}: kafkajs`),
    });
  });

  test('passes where nothing grave is known', async () => {
    const registry = await registryThatSays(200, { kafkajs: [{ ...KNOWN, severity: 'low' }] });
    expect((await audit(registry)).stdout).toBe('Dependencies audited: 0 with grave faults.\n');
  });

  test('says that nothing was audited where the registry does not answer such questions', async () => {
    const registry = await registryThatSays(405, {});
    expect((await audit(registry)).stdout).toMatch(/^Dependencies were not audited: .*405/);
  });
});

/** With a cache of its own: npm keeps what a registry says of a version. */
async function audit(registry: string) {
  const cache = await mkdtemp(join(tmpdir(), 'npm-cache-'));
  closing.push(() => rm(cache, { recursive: true, force: true }));
  return runScript('.ci/audit.mjs', {
    npm_config_registry: registry,
    npm_config_cache: cache,
    npm_config_fetch_retries: '0',
  });
}

/** A stand-in for a registry: every question about faults has the same answer, and there is one package. */
async function registryThatSays(status: number, answer: object): Promise<string> {
  const server = createServer((request, response) => {
    const isQuestion = request.method === 'POST';
    request.resume().on('end', () => {
      response.writeHead(isQuestion ? status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isQuestion ? answer : PACKAGE));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => new Promise((closed) => server.close(closed)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
