import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCsv } from '../../consumer/analytics/report/csv.ts';
import type { Value } from '../../consumer/analytics/report/run.ts';
import { runs } from '../properties/runs.ts';
import { parseCsv } from '../support/csv.ts';

const column = (name: string) => ({ name, type: 'String' });

/** The only cell of a CSV with one value, as a spreadsheet reads it. */
function cell(value: Value): string | undefined {
  const [, row] = parseCsv(formatCsv({ columns: [column('a'), column('b')], rows: [[value, 'end']] }));
  return row?.[0];
}

describe('a text that a spreadsheet would run is made text', () => {
  test.each([
    ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
    ['@SUM(1)', "'@SUM(1)"],
    ['+1+cmd', "'+1+cmd"],
    ['-1-cmd', "'-1-cmd"],
    ['\n=1+1', "'\n'=1+1"],
    ['\t=1+1', "'\t'=1+1"],
    ['\rplain', "'\rplain"],
    ['\nplain', "'\nplain"],
    ['  =1+1', "'  =1+1"],
    ['\u00a0=1+1', "'\u00a0=1+1"],
    ['\u200b=1+1', "'\u200b=1+1"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM(1)', "'＠SUM(1)"],
    ['|calc', "'|calc"],
    ['%0A=1', "'%0A=1"],
    ['thanks;=1+1', "'thanks;'=1+1"],
    ['thanks; @SUM(1);b', "'thanks; '@SUM(1);b"],
    ['one\n=1+1', "'one\n'=1+1"],
  ])('%j', (text, made) => expect(cell(text)).toBe(made));

  test('also inside a list', () => expect(cell(['a;=1+1'])).toBe('\'["a;\'=1+1"]'));
});

test.each(['+62 812 3', '+62812', '-5', 'plain', 'a = b', 'a;b', '50 %', '“hello”', ''])(
  '%j is harmless and stays as it is',
  (text) => expect(cell(text)).toBe(text),
);

test('a long text of one letter takes no longer than it must', () => {
  const startMs = performance.now();
  for (const letter of [' ', '\t', ';', '"', '=', '\u200b']) cell(letter.repeat(300_000));
  expect(performance.now() - startMs).toBeLessThan(2_000);
});

test('a CSV for a spreadsheet begins with its byte order mark, one for a pipe does not', () => {
  const answer = { columns: [column('a')], rows: [] };
  expect(formatCsv(answer, { isMarked: true })).toBe('\uFEFFa\r\n');
  expect(formatCsv(answer)).toBe('a\r\n');
});

const RISKY = [
  '=',
  '+',
  '-',
  '@',
  '|',
  '%',
  '＝',
  '＋',
  '－',
  '＠',
  ';',
  '\t',
  '\n',
  '\r',
  ' ',
  '"',
  ',',
  "'",
  'a',
  '1',
];
const texts = fc.string({
  unit: fc.oneof(fc.constantFrom(...RISKY), fc.string({ maxLength: 1 })),
  maxLength: 12,
});
const values = fc.oneof(
  texts,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(texts, { maxLength: 3 }),
);
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(values, { minLength: width, maxLength: width }), { minLength: 1 }));

const PHONE = /^ *[+-][\d .]*$/;
/** What opens a formula, whatever blanks stand before it. */
const OPENS = /^[\s\p{Cc}\p{Cf}"]*[=+\-@|%＝＋－＠]/u;

test('any table is read back as it was but for apostrophes, and in no way of splitting it does a text open a formula', () => {
  fc.assert(
    fc.property(tables, (rows) => {
      const columns = (rows[0] ?? []).map((_, i) => column(`c${i}`));
      const read = parseCsv(formatCsv({ columns, rows })).slice(1);
      const written = (value: Value) =>
        value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
      const less = (text: string) => text.replaceAll("'", '');
      expect(read.map((row) => row.map(less))).toEqual(
        rows.map((row) => row.map((one) => less(written(one)))),
      );
      for (const [r, row] of read.entries()) {
        for (const [c, text] of row.entries()) {
          if (typeof rows[r]?.[c] === 'number' || PHONE.test(text)) continue;
          for (const piece of text.split(/[;\t\r\n]/)) expect(piece).not.toMatch(OPENS);
        }
      }
    }),
    runs(1_000),
  );
});
