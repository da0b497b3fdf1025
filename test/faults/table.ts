import type { Result } from './trial.ts';

const HEAD =
  '| fault | times | acknowledged | lost | doubled | recovery, median (s) | recovery, longest (s) |';
const RULE = '|---|--:|--:|--:|--:|--:|--:|';

/** The results as a markdown table: a line for each fault, in the given order, and one for all. */
export function table(results: readonly Result[], order: readonly string[]): string {
  const lines = order.flatMap((name) => {
    const own = results.filter(({ fault }) => fault === name);
    return own.length === 0 ? [] : [line(name, own)];
  });
  return [HEAD, RULE, ...lines, line('**all**', results)].join('\n');
}

function line(name: string, results: readonly Result[]): string {
  const sum = (pick: (result: Result) => number) => results.reduce((total, each) => total + pick(each), 0);
  const seconds = results.map(({ recoverySeconds }) => recoverySeconds).sort((a, b) => a - b);
  const median = seconds[Math.floor((seconds.length - 1) / 2)] ?? 0;
  const cells = [
    name,
    results.length,
    sum(({ acknowledged }) => acknowledged),
    sum(({ lost }) => lost),
    sum(({ doubled }) => doubled),
    median.toFixed(1),
    (seconds.at(-1) ?? 0).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}
