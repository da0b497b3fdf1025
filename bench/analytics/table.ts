import { ASKED, type Timing } from './measure.ts';

/**
 * One line per query, for each thing asked: median and 95th percentile, and the server's processor time, in ms; as
 * Markdown, since docs/performance.md holds it.
 */
export function asTable(timings: readonly Timing[]): string {
  const queries = [...new Set(timings.map(({ query }) => query))];
  const rows = queries.map((query) => [
    query,
    ...ASKED.map(({ name }) =>
      cell(timings.find((timing) => timing.query === query && timing.asked === name)),
    ),
  ]);
  const lines = [['median / p95 (cpu), ms', ...ASKED.map(({ name }) => name)], ...rows];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  const text = (cells: readonly string[]) =>
    `| ${cells.map((one, i) => one.padEnd(widths[i] ?? 0)).join(' | ')} |\n`;
  const rule = text(widths.map((width) => '-'.repeat(width)));
  const [head = [], ...body] = lines;
  return text(head) + rule + body.map(text).join('');
}

function cell(timing: Timing | undefined): string {
  if (timing === undefined) return '';
  const [median, p95, cpu] = [timing.medianMs, timing.p95Ms, timing.cpuMs].map(Math.round);
  return `${median} / ${p95} (${cpu})`;
}
