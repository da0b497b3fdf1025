import type { Answer, Value } from '../report/run.ts';

const BYTES_OF_A_VALUE = 16;
const BYTES_OF_A_CHARACTER = 2;

/** About how many bytes of memory an answer takes. */
export function bytesOf({ columns, rows }: Answer): number {
  const heads = columns.length * 8 * BYTES_OF_A_VALUE;
  return rows.reduce((sum, row) => sum + weightOf(row), heads);
}

function weightOf(value: Value): number {
  if (typeof value === 'string') return BYTES_OF_A_VALUE + BYTES_OF_A_CHARACTER * value.length;
  if (typeof value !== 'object' || value === null) return BYTES_OF_A_VALUE;
  const parts: readonly Value[] = Array.isArray(value) ? value : Object.entries(value).flat();
  return parts.reduce<number>((sum, part) => sum + weightOf(part), BYTES_OF_A_VALUE);
}
