import { expect, test } from 'vitest';
import { runScript } from '../support/programs.ts';

const TIMEOUT_MS = 120_000;

test(
  'bench:sink drains the same backlog by each contender, finds the same rows in all, and says so in one object',
  async () => {
    const { stdout } = await runScript('bench/sink.ts', {}, ['--quick', '--json'], TIMEOUT_MS);
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({
      ratio_to_kafka_engine: expect.any(Number),
      ratio_to_raw_insert: expect.any(Number),
      ratio_to_rows_alone: expect.any(Number),
      peak_rss_mb: expect.any(Number),
      cpu_us_per_event: expect.any(Number),
    });
    const names = result.contenders.map(({ contender }: { contender: string }) => contender);
    expect(names).toEqual([
      'ours',
      'kafka engine',
      'kafka engine, tuned',
      'ours, rows alone',
      'usual loop',
      'raw insert',
    ]);
  },
  TIMEOUT_MS,
);
