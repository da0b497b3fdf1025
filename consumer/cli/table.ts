import { styleText } from 'node:util';
import Table from 'cli-table3';
import { plain } from './plain.ts';

/** A table for a terminal. */
export interface TableText {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that stand to the right, as numbers do, by their place. */
  readonly right?: (column: number) => boolean;
}

const NONE = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'] as const;
const NEITHER = ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'] as const;
const NO_LINES = Object.fromEntries([...NONE, ...NEITHER].map((name) => [name, '']));

/** Columns with two blanks between them, without lines, each line with its end; heads bold where it is a terminal. */
export function textTable({ heads, rows, right = () => false }: TableText): string {
  const table = new Table({
    head: heads.map((head) => styleText('bold', head)),
    colAligns: heads.map((_, column) => (right(column) ? 'right' : 'left')),
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map(plain)));
  const lines = table.toString().split('\n');
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
