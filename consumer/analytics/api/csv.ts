import { formatCsv } from '../report/formats.ts';
import type { Answer, Value } from '../report/run.ts';

/** Says that it is UTF-8: without it, a spreadsheet garbles every letter beyond ASCII. */
const BYTE_ORDER_MARK = '\uFEFF';

// What a spreadsheet takes for a formula. A phone number with its plus, or a negative number, is none.
const FORMULA = /^([=@\t\r]|[+-](?![\d .]*$))/;

/**
 * CSV for a spreadsheet: the same columns, rows and values as the JSON. Customers write some of the texts, so one that
 * a spreadsheet would run as a formula gets an apostrophe in front, which makes it text.
 */
export function spreadsheetCsv({ columns, rows }: Answer): string {
  return BYTE_ORDER_MARK + formatCsv({ columns, rows: rows.map((row) => row.map(harmless)) });
}

function harmless(value: Value): Value {
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value;
}
