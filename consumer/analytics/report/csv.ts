import { stringify } from 'csv-stringify/sync';
import type { Answer } from './run.ts';

/**
 * A sign that opens a formula or a command, with the blanks, quotes and signs that do not show before it. The look
 * behind keeps the search to the beginning of each such stretch: a text of nothing but blanks would take for ever.
 */
const OPENING = /(?<![;\s\p{Cc}\p{Cf}"])([;\s\p{Cc}\p{Cf}"]*)(?=[=+\-@|%＝＋－＠])/gu;
/** Where a spreadsheet begins another cell: in Europe and Indonesia at semicolons too, whatever quotes there are. */
const SEPARATOR = /[;\t\r\n]/;
const ODD_BEGINNING = /^[\t\r\n]/;
/** A phone number such as +62 811, or a negative number, begins like a formula and is none. */
const NUMBER = /^ *[+-][\d .]*$/;

/**
 * RFC 4180 with a header; NULL is empty, lists and maps are JSON; lines end in CR LF. Customers write some of the
 * texts: one that a spreadsheet would run has an apostrophe before it, and before each piece that would be run, which
 * makes it text. The library's `escape_formulas` knows fewer beginnings, no pieces, and takes phone numbers for
 * formulas: its `cast` applies this rule in its place.
 * @param isMarked begins with a byte order mark, without which a spreadsheet garbles every letter beyond ASCII
 */
export function formatCsv({ columns, rows }: Answer, { isMarked = false } = {}): string {
  return stringify([columns.map(({ name }) => name), ...rows.map((row) => [...row])], {
    bom: isMarked,
    record_delimiter: 'windows',
    // A reader takes a lone line feed or carriage return for the end of a record too.
    quote_record_delimiter: true,
    cast: {
      string: asText,
      object: (value) => asText(JSON.stringify(value)),
      boolean: String,
    },
  });
}

function asText(text: string): string {
  if (NUMBER.test(text)) return text;
  let isRisky = ODD_BEGINNING.test(text);
  const safe = text.replace(OPENING, (blanks, _, at: number) => {
    const isNewCell = SEPARATOR.test(blanks);
    isRisky ||= at === 0 || isNewCell;
    return isNewCell ? `${blanks}'` : blanks;
  });
  return isRisky ? `'${safe}` : text;
}
