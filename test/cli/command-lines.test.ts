import { expect, test } from 'vitest';
import { textTable } from '../../consumer/cli/table.ts';
import { runScript } from '../support/programs.ts';

const COMMANDS = [
  ['consumer/analytics/report/main.ts', 1],
  ['consumer/books/audit/main.ts', 2],
  ['consumer/books/redrive/main.ts', 1],
  ['consumer/books/rebuild/main.ts', 1],
  ['consumer/persist/migrate.ts', 1],
  ['operate/qiscus/main.ts', 1],
  ['operate/erase/main.ts', 1],
  ['local/demo/main.ts', 1],
  ['bench/edge.ts', 1],
  ['bench/sink.ts', 1],
  ['bench/freshness.ts', 1],
  ['bench/lasting.ts', 1],
  ['bench/analytics.ts', 1],
  ['test/faults/run.ts', 2],
  ['test/simulation/main.ts', 2],
] as const;

const ended = (script: string, args: string[], settings: Record<string, string> = {}) =>
  runScript(script, settings, args).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );

test.each(COMMANDS)(
  '%s names an option that it does not have, without a stack trace',
  async (script, code) => {
    const found = await ended(script, ['--colour', 'red']);
    expect(found).toMatchObject({ code, stdout: '' });
    expect(found.stderr).toMatch(/--colour|required option/);
    expect(found.stderr).toContain('-- --help');
    expect(found.stderr).not.toContain('    at ');
  },
);

test.each(COMMANDS)('%s says with --help what it takes', async (script) => {
  const found = await ended(script, ['--help']);
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toMatch(/^Usage: npm run [\w:]+ --/);
});

test.each([
  ['consumer/books/redrive/main.ts', ['--since', '2026-13-45'], 1],
  ['consumer/books/redrive/main.ts', ['--stage', 'nowhere'], 1],
  ['consumer/books/redrive/main.ts', ['--wait', 'Infinity'], 1],
  ['consumer/books/rebuild/main.ts', ['--table', 'events'], 1],
  ['consumer/books/rebuild/main.ts', ['--table', 'sessions', '--from', 'Fri'], 1],
  ['consumer/books/audit/main.ts', ['--wait', '-1'], 2],
  ['local/demo/main.ts', ['--url', 'javascript:alert(1)'], 1],
  ['bench/edge.ts', ['--seconds', '0'], 1],
  ['test/simulation/main.ts', ['--seeds', '1e3'], 2],
] as const)('%s %j: the value is named, with what it must be', async (script, args, code) => {
  const found = await ended(script, [...args]);
  expect(found).toMatchObject({ code, stdout: '' });
  expect(found.stderr).toMatch(new RegExp(`option '${args.at(-2)}.*(It must be|Allowed choices are)`));
  expect(found.stderr).not.toContain('    at ');
});

test.each([
  ['consumer/books/redrive/main.ts', []],
  ['consumer/books/rebuild/main.ts', ['--table', 'sessions']],
  ['consumer/books/audit/main.ts', []],
  ['consumer/analytics/report/main.ts', ['agents']],
])('%s %j says how to get a ClickHouse where none answers, and nothing else', async (script, args) => {
  const settings = { CLICKHOUSE_URL: 'http://me:s3cret@127.0.0.1:9/qiscus', KAFKA_BROKERS: '127.0.0.1:9' };
  const found = await ended(script, args, settings);
  expect(found.code).not.toBe(0);
  expect(found.stderr).toContain('No ClickHouse answers at http://127.0.0.1:9. Start the pipeline');
  expect(found.stderr).not.toMatch(/ {4}at |s3cret/);
});

test('a table keeps its columns under wide letters, and control characters off the terminal', () => {
  const rows = [
    ['さくら', '7'],
    ['Bo\u001b[31m\nand co', '1,234'],
  ];
  const text = textTable({ heads: ['name', 'sessions'], rows, right: (column) => column === 1 });
  expect(text).toBe('name            sessions\nさくら                 7\nBo [31m and co     1,234\n');
});
