import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPath } from '../consumer/setup.ts';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN, startWorker } from '../support/worker.ts';
import { runQiscus } from './run-qiscus.ts';
import { startVendor } from './vendor.ts';

const SESSION = { url: 'new_session_webhook_url', enabled: 'is_new_session_webhook_enabled' };
const LOGOUT = { url: 'auth_webhook_url', enabled: 'is_auth_webhook_enabled' };

test('what was enabled is delivered and counted, --wait sees it come, status says so, and disable ends it', {
  tags: 'long',
}, async () => {
  const { prefix, brokers, database } = await startPath();
  const worker = await startWorker({ topicPrefix: prefix, brokers });
  const vendor = await startVendor();
  const settings = {
    WEBHOOK_URL: worker.webhookUrl,
    WORKER_URL: worker.url,
    ADMIN_TOKEN,
    CLICKHOUSE_URL: database.url,
  };
  const session = await sample('session.json');

  await runQiscus(vendor, ['enable', '--yes', 'session', 'agent-logout'], settings);
  const quiet = await runQiscus(vendor, ['status'], settings);
  expect(quiet.stdout).toContain('New Session is registered, but nothing has come.');

  const asked = vendor.calls.length;
  const waiting = runQiscus(vendor, ['enable', '--wait', '--for', '60', 'session'], settings);
  await eventually(async () => expect(vendor.calls.length).toBeGreaterThan(asked));
  expect(await vendor.deliver(SESSION, session)).toBe(202);
  expect(await waiting).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('the first event of New Session has come'),
  });

  await eventually(async () => expect(await database.rows('SELECT room_id FROM sessions')).toHaveLength(1));
  const { stdout } = await runQiscus(vendor, ['status', '--json'], settings);
  const [told] = JSON.parse(stdout).webhooks;
  expect(told).toMatchObject({
    kind: 'session',
    owner: 'ours',
    events_accepted: 1,
    events_stored: 1,
    note: null,
  });
  expect(Date.now() - Date.parse(told.last_received_at)).toBeLessThan(600_000);

  expect((await runQiscus(vendor, ['disable', '--yes'], settings)).code).toBe(0);
  expect(await vendor.deliver(SESSION, session)).toBeUndefined();
  expect(await vendor.deliver(LOGOUT, session)).toBeUndefined();
  const off = await runQiscus(vendor, ['status'], settings);
  expect(off.stdout).toContain('came within the last day, but is not registered to our URL now');
});

test('a wait that ends without an event says which did not come, and what to do', async () => {
  const vendor = await startVendor();
  const run = await runQiscus(vendor, ['enable', '--yes', '--for', '1', 'session']);
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('✗ no event of New Session has come.');
});

function sample(name: string): Promise<string> {
  return readFile(join(ROOT, 'test', 'samples', name), 'utf8');
}
