import { expect, test } from 'vitest';
import { runScript } from '../support/programs.ts';

const STAGES = ['empty', 'admission', 'call', 'unpublished', 'published', 'one-outbox', 'kafkajs'];

test('every stage of bench:edge accepts all webhooks, and every ratio and count is told', async () => {
  const { stdout } = await runScript('bench/edge.ts', {}, ['--quick', '--json']);
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(result).toMatchObject({
    ratio_to_call: expect.any(Number),
    ratio_unpublished_to_call: expect.any(Number),
    ratio_to_empty: expect.any(Number),
    ratio_one_outbox: expect.any(Number),
    rows_written_per_event: expect.any(Number),
    stages: STAGES.map((stage) => ({ stage, failures: 0, per_second: expect.any(Number) })),
  });
  // None would mean that nobody counted them.
  expect(result.rows_written_per_event).toBeGreaterThan(0);
});

test('bench:lasting posts for as long as it is told, has a backlog wait, and sees it go out', async () => {
  const { stdout } = await runScript('bench/lasting.ts', {}, ['--quick', '--json']);
  const { lasting, backlog, drain } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(lasting).toMatchObject([{ memory_mb: expect.any(Number), slowest_ms: expect.any(Number) }]);
  expect(backlog[0].pending).toBeGreaterThanOrEqual(100);
  expect(drain.events).toBeGreaterThan(backlog[0].pending);
});
