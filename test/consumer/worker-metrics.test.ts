import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { WorkerMetrics } from '../../consumer/watch/worker-metrics.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { eventually } from '../support/eventually.ts';
import { ADMIN_TOKEN, startWorker } from '../support/worker.ts';

const OUTBOX = {
  outbox: 'demo/0',
  accepted: { session: 5, message: 2 },
  published: 4,
  pending: 3,
  oldest_age_ms: 9_000,
  set_aside_total: 1,
  duplicates: 6,
  database_bytes: 40,
  max_database_bytes: 100,
};

/** A Worker that tells what the test says, and how often it was asked. */
async function telling() {
  const worker = { url: '', asked: 0, answer: '' };
  const server = createServer((_, response) => {
    worker.asked++;
    response.end(worker.answer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  undoAfterwards(() => void server.close());
  worker.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return worker;
}

async function lines(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('what the real Worker tells stands on the metrics, by outbox, kind, app and reason', async () => {
  const worker = await startWorker({
    topicPrefix: 'none.',
    brokers: '127.0.0.1:1',
    env: { OUTBOX_SHARDS: '1' },
  });
  await fetch(worker.webhookUrl, { method: 'POST', body: '{"some":"thing"}' });
  await fetch(worker.webhookUrl, { method: 'POST', body: 'no JSON' });
  const registry = new Registry();
  let nowMs = 0;
  const metrics = new WorkerMetrics({ WORKER_URL: worker.url, ADMIN_TOKEN }, registry, () => nowMs);
  await eventually(async () => {
    nowMs += 10_000;
    await metrics.refresh();
    expect(await lines(registry)).toEqual(
      expect.arrayContaining([
        'qiscus_worker_up 1',
        'qiscus_outbox_pending_events{outbox="demo/0"} 1',
        'qiscus_outbox_accepted_events{outbox="demo/0",kind="unrecognized"} 1',
        'qiscus_refused_webhooks{app="demo",reason="not-json"} 1',
      ]),
    );
  });
});

test('an answer that is none leaves what was read last, and says so', async () => {
  const worker = await telling();
  const registry = new Registry();
  let nowMs = 0;
  const metrics = new WorkerMetrics({ WORKER_URL: worker.url, ADMIN_TOKEN: 'any' }, registry, () => nowMs);
  const silent = { outbox: 'demo/1', unavailable: true };
  worker.answer = JSON.stringify({ outboxes: [OUTBOX, silent], refused: { demo: { unauthorized: 7 } } });
  await metrics.refresh();
  const told = await lines(registry);
  expect(told).toEqual(
    expect.arrayContaining([
      'qiscus_outboxes_unavailable 1',
      'qiscus_outbox_oldest_pending_seconds{outbox="demo/0"} 9',
      'qiscus_outbox_set_aside_events{outbox="demo/0"} 1',
      'qiscus_outbox_duplicates{outbox="demo/0"} 6',
      'qiscus_refused_webhooks{app="demo",reason="unauthorized"} 7',
    ]),
  );
  for (const odd of ['no JSON', '{"outboxes":[{"outbox":5}],"refused":null}']) {
    worker.answer = odd;
    nowMs += 5_000;
    await metrics.refresh();
    expect(await lines(registry)).toEqual(told.map((line) => line.replace('worker_up 1', 'worker_up 0')));
  }
});

test('what waits only because Kafka refuses it is no outbox that is stuck', async () => {
  const worker = await telling();
  const registry = new Registry();
  const metrics = new WorkerMetrics({ WORKER_URL: worker.url, ADMIN_TOKEN: 'any' }, registry);
  worker.answer = JSON.stringify({ outboxes: [{ ...OUTBOX, pending: 1 }], refused: null });
  await metrics.refresh();
  expect(await lines(registry)).toContain('qiscus_outbox_oldest_pending_seconds{outbox="demo/0"} 0');
});

test('scrapes at the same time, or soon after each other, ask once', async () => {
  const worker = await telling();
  let nowMs = 0;
  const metrics = new WorkerMetrics(
    { WORKER_URL: worker.url, ADMIN_TOKEN: 'any' },
    new Registry(),
    () => nowMs,
  );
  await Promise.all([metrics.refresh(), metrics.refresh()]);
  nowMs = 4_999;
  await metrics.refresh();
  expect(worker.asked).toBe(1);
  nowMs = 5_000;
  await metrics.refresh();
  expect(worker.asked).toBe(2);
});
