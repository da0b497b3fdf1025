import { expect, test } from 'vitest';
import { runScript } from '../support/programs.ts';

const STAGES = [
  'empty',
  'admission',
  'call',
  'call-by-fetch',
  'unpublished',
  'published',
  'one-outbox',
  'kafkajs',
];

/** Alarms are waited for, and all parts start anew. */
const TIMEOUT_MS = 150_000;

test('every stage of bench:edge accepts all webhooks, and every ratio and count is told', async () => {
  const { stdout } = await runScript('bench/edge.ts', {}, ['--quick', '--json'], TIMEOUT_MS);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(result).toMatchObject({
    ratio_to_call: expect.any(Number),
    ratio_unpublished_to_call: expect.any(Number),
    ratio_to_empty: expect.any(Number),
    ratio_one_outbox: expect.any(Number),
    ratio_call_by_fetch: expect.any(Number),
    // Its id, its segment, the state; the segment's end, the state; and two alarms, its own and the connection's.
    rows_written_per_lone_event: 7,
    rows_written_per_event: expect.any(Number),
    stages: STAGES.map((stage) => ({ stage, failures: 0, per_second: expect.any(Number) })),
  });
  // None would mean that nobody counted them.
  expect(result.rows_written_per_event).toBeGreaterThan(0);
});

test('bench:lasting posts for as long as it is told, has a backlog wait, and sees it go out', async () => {
  const { stdout } = await runScript('bench/lasting.ts', {}, ['--quick', '--json'], TIMEOUT_MS);
  const { lasting, backlog, drain } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(lasting).toMatchObject([{ memory_mb: expect.any(Number), slowest_ms: expect.any(Number) }]);
  expect(backlog[0].pending).toBeGreaterThanOrEqual(100);
  expect(drain.events).toBeGreaterThan(backlog[0].pending);
});

test('bench:ids posts to outboxes that remember as many ids as they are told, and sees the oldest forgotten', async () => {
  const { stdout } = await runScript('bench/ids.ts', {}, ['--quick', '--json'], TIMEOUT_MS);
  const { costs, forgetting } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const cost = { per_second: expect.any(Number), known_per_second: expect.any(Number), failures: 0 };
  expect(costs).toMatchObject([
    { ids: 0, ...cost },
    { ids: 10_000, ...cost },
  ]);
  expect(forgetting.ids).toBeGreaterThanOrEqual(10_000);
});
