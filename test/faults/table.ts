import { textTable } from '../../consumer/cli/table.ts';
import type { Result } from './trial.ts';

const HEADS = [
  'fault',
  'times injected',
  'acknowledged',
  'lost',
  'doubled',
  'recovery, median (s)',
  'recovery, longest (s)',
];

/** What came of each fault that was tried, in the given order, and of all of them. */
export function summarized(results: readonly Result[], order: readonly string[]): string[][] {
  const rows = order.flatMap((name) => {
    const own = results.filter(({ fault }) => fault === name);
    return own.length === 0 ? [] : [row(name, own)];
  });
  return [...rows, row('all', results)];
}

function row(name: string, results: readonly Result[]): string[] {
  const sum = (pick: (result: Result) => number) => results.reduce((total, each) => total + pick(each), 0);
  const seconds = results.map(({ recoverySeconds }) => recoverySeconds).sort((a, b) => a - b);
  const median = seconds[Math.floor((seconds.length - 1) / 2)] ?? 0;
  return [
    name,
    results.filter(({ injected }) => injected).length,
    sum(({ acknowledged }) => acknowledged),
    sum(({ lost }) => lost),
    sum(({ doubled }) => doubled),
    median.toFixed(1),
    (seconds.at(-1) ?? 0).toFixed(1),
  ].map(String);
}

/** The summary for a terminal. */
export function table(rows: readonly string[][]): string {
  return textTable({ heads: HEADS, rows, right: (column) => column > 0 });
}

/** The summary as a page, with the command that made it. */
export function document(rows: readonly string[][], seed: number, minutes: number): string {
  const date = new Date().toISOString().slice(0, 10);
  const lines = [HEADS, HEADS.map((_, column) => (column === 0 ? '---' : '--:')), ...rows];
  return `# Faults, and what came of them

${date}, seed ${seed}, ${Math.round(minutes)} minutes: \`npm run test:faults -- ${process.argv.slice(2).join(' ')}\`

Each fault hits the whole pipeline on the real parts (workerd, Apache Kafka, the ClickHouse engine, the consumer) while
a sender posts 40 webhooks a second, some of them again. *Acknowledged* counts what was answered with 202; each of
these must stand exactly once in \`events\` and in its table, and be on the stream. *Recovery* is the time from the
fault's end until all of them stand, and one that was sent only then does too; the bound is 30 seconds.

${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}
