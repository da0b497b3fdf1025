import { styleText } from 'node:util';
import type { Answer, Column, Value } from './run.ts';

const MOST_WIDE = 40;
const GAP = '  ';

/** A table for a terminal: numbers to the right, seconds as `1 h 05 min`, shares as `12.3 %`, NULL as `-`. */
export function formatTable({ columns, rows }: Answer): string {
  const cells = rows.map((row) => columns.map((column, i) => cell(column, row[i] ?? null)));
  const heads = columns.map(({ name }) => name.replaceAll('_', ' '));
  const right = columns.map(({ type }) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type));
  const widths = heads.map((head, i) => Math.max(width(head), ...cells.map((row) => width(row[i] ?? ''))));
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => pad(text, widths[i] ?? 0, right[i] ?? false))
      .join(GAP)
      .trimEnd();
  // styleText leaves the codes out where the output is no terminal.
  return [styleText('bold', line(heads)), ...cells.map(line)].map((text) => `${text}\n`).join('');
}

function cell({ name }: Column, value: Value): string {
  if (value === null) return '-';
  if (typeof value === 'number' && name.includes('seconds')) return duration(value);
  if (typeof value === 'number' && name.endsWith('_share')) return `${(value * 100).toFixed(1)} %`;
  if (typeof value === 'number' && name.endsWith('_points')) return points(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  // A control character in a customer's text must not reach the terminal.
  const plain = text.replace(/\.000$/, '').replace(/\p{Cc}+/gu, ' ');
  return width(plain) > MOST_WIDE ? `${[...plain].slice(0, MOST_WIDE - 1).join('')}…` : plain;
}

/** `+0.3 pt`, `-2.0 pt`. @param by percentage points */
function points(by: number): string {
  return `${by > 0 ? '+' : ''}${by.toFixed(1)} pt`;
}

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 04 h`. @param seconds whole or not, rounded down to what is shown */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const two = (part: number) => String(part).padStart(2, '0');
  return hours < 48
    ? `${hours} h ${two(minutes % 60)} min`
    : `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, to: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)));
  return right ? blanks + text : text + blanks;
}
