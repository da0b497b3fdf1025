import type { Measurement } from './measure.ts';
import { PERIODS } from './periods.ts';

/** What was measured on one number of events. */
export interface Sized {
  readonly events: number;
  readonly measurements: readonly Measurement[];
}

/**
 * One line per query, for each period the medians in ms, from the fewest events to the most and how many times longer
 * that is; of one number of events, the server's processor time in brackets. As Markdown, for docs/performance.md.
 */
export function asTable(sizes: readonly Sized[]): string {
  const bySize = sizes.toSorted((a, b) => a.events - b.events);
  const queries = [...new Set(bySize.flatMap(({ measurements }) => measurements.map(({ query }) => query)))];
  const counts = bySize.map(({ events }) => millions(events)).join(' → ');
  const what = bySize.length === 1 ? 'median (cpu), ms' : 'median, ms';
  const head = [`${what}, ${counts} events`, ...PERIODS];
  const rows = queries.map((query) => [query, ...PERIODS.map((period) => cell(bySize, query, period))]);
  return markdown(head, rows);
}

function millions(events: number): string {
  return events % 1_000_000 === 0 ? `${events / 1_000_000} million` : events.toLocaleString('en');
}

function cell(sizes: readonly Sized[], query: string, period: string): string {
  const found = sizes.map(({ measurements }) =>
    measurements.find((one) => one.query === query && one.period === period),
  );
  if (found.every((one) => one === undefined)) return '';
  const medians = found.map(medianText);
  if (found.length === 1) return `${medians[0]} (${found[0]?.cpu_ms ?? '–'})`;
  const first = found[0]?.median_ms ?? Number.NaN;
  const growth = (found.at(-1)?.median_ms ?? Number.NaN) / first;
  return `${medians.join(' → ')}${Number.isFinite(growth) ? ` (×${growth.toFixed(1)})` : ''}`;
}

function medianText(one: Measurement | undefined): string {
  if (one === undefined) return '–';
  return one.median_ms === null ? 'no answer' : one.median_ms.toLocaleString('en');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const text = (cells: readonly string[]) =>
    `| ${cells.map((one, i) => one.padEnd(widths[i] ?? 0)).join(' | ')} |\n`;
  return text(head) + text(widths.map((width) => '-'.repeat(width))) + rows.map(text).join('');
}
