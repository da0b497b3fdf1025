import { formatCsv } from './csv.ts';
import type { Answer } from './run.ts';
import { formatTable } from './table.ts';

/** How an answer is written. `table` is to be read, and rounds; `csv` and `json` do not. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** The answer as text, with a line end at its end. */
export function format(answer: Answer, as: Format): string {
  return { table: formatTable, csv: formatCsv, json: formatJson }[as](answer);
}

/** A JSON list with one object per row. */
export function formatJson({ columns, rows }: Answer): string {
  const names = columns.map(({ name }) => name);
  const objects = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}
