import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { processorSeconds } from '../support/processor-time.ts';
import { testDir } from '../support/shared.ts';
import { NpmStart, newPlace } from './npm-start.ts';

const TIMEOUT_MS = 240_000;
const WATCHED_MS = 10_000;

/**
 * The share of a processor that each part may use with nothing to do. kafkajs alone lets workerd use 0.86 and more.
 * The consumer and the servers poll, which is some 0.03 each, and the more of it here is room for noise.
 */
const IDLE_SHARE = { worker: 0.05, consumer: 0.1, clickhouse: 0.25, kafka: 0.25, supervisor: 0.1 };

test('in the ten seconds after the last event no part uses the processor', {
  tags: 'long',
  timeout: TIMEOUT_MS,
}, async () => {
  const place = await newPlace(await testDir('idle'));
  const run = new NpmStart(place);
  await run.ready();
  const body = await readFile(join(ROOT, 'test', 'samples', 'session.json'));
  const webhookUrl = `http://127.0.0.1:${place.ports.worker}/webhooks/demo/local-token`;
  expect((await fetch(webhookUrl, { method: 'POST', body })).status).toBe(202);
  const count = `http://127.0.0.1:${place.ports.clickHouse}/?query=SELECT+count()+FROM+qiscus.sessions`;
  await eventually(async () => expect(await (await fetch(count)).text()).toBe('1\n'));

  const pids = await run.pids();
  const used = () => Promise.all(Object.keys(IDLE_SHARE).map((part) => processorSeconds(pids[part] ?? 0)));
  const before = await used();
  const beganMs = performance.now();
  // Nothing is waited for here: that nothing happens in this time is the guarantee.
  await pause(WATCHED_MS);
  const after = await used();
  const seconds = (performance.now() - beganMs) / 1_000;
  expect(Math.min(...before), 'seconds that each part has used').toBeGreaterThan(0);
  for (const [index, [part, most]] of Object.entries(IDLE_SHARE).entries()) {
    const share = ((after[index] ?? 0) - (before[index] ?? 0)) / seconds;
    expect(share, `processor share of the idle ${part}`).toBeLessThan(most);
  }
  // Node's word for the timers that kept workerd busy.
  const logs = join(place.dir, 'logs');
  for (const log of await readdir(logs)) {
    expect(await readFile(join(logs, log), 'utf8')).not.toContain('TimeoutNegativeWarning');
  }
});
