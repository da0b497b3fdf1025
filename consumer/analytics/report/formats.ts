import type { Answer, Value } from './run.ts';
import { formatTable } from './table.ts';

/** How an answer is written. `table` is to be read, and rounds; `csv` and `json` do not. */
export const FORMATS = ['table', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** The answer as text, with a line end at its end. */
export function format(answer: Answer, as: Format): string {
  return { table: formatTable, csv: formatCsv, json: formatJson }[as](answer);
}

/**
 * RFC 4180 with a header; NULL is empty, lists and maps are JSON. Its lines end in CR LF. A text that a spreadsheet
 * would run as a formula has an apostrophe before it, since customers write some of these texts.
 */
export function formatCsv({ columns, rows }: Answer): string {
  const lines = [columns.map(({ name }) => csvField(name)), ...rows.map((row) => row.map(csvField))];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function csvField(value: Value): string {
  if (value === null) return '';
  const written = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const text = typeof value === 'string' && isFormula(value) ? `'${written}` : written;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A phone number such as +62811 begins like one, and is none. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d ]+$/.test(text);
}

/** A JSON list with one object per row. */
export function formatJson({ columns, rows }: Answer): string {
  const names = columns.map(({ name }) => name);
  const objects = rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}
