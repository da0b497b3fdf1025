import { textTable } from '../../cli/table.ts';
import type { Answer, Column, Value } from './run.ts';

const MOST_WIDE = 40;

/** A table for a terminal: numbers to the right, seconds as `1 h 05 min`, shares as `12.3 %`, NULL as `-`. */
export function formatTable({ columns, rows }: Answer): string {
  return textTable({
    heads: columns.map(({ name }) => name.replaceAll('_', ' ')),
    rows: rows.map((row) => columns.map((column, i) => cell(column, row[i] ?? null))),
    right: (i) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(columns[i]?.type ?? ''),
  });
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
  const characters = [...text.replace(/\.000$/, '')];
  return characters.length > MOST_WIDE
    ? `${characters.slice(0, MOST_WIDE - 1).join('')}…`
    : characters.join('');
}

/** `+0.3 pt`, `-2.0 pt`, `0.0 pt`. @param by percentage points */
function points(by: number): string {
  const tenths = Math.round(by * 10);
  return tenths === 0 ? '0.0 pt' : `${tenths > 0 ? '+' : ''}${(tenths / 10).toFixed(1)} pt`;
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
