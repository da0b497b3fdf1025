import { serverFault } from './faults.ts';
import { type Token, tokens } from './tokens.ts';

/** One SQL statement, as far as the HTTP interface must understand it. */
export type Statement =
  /** An INSERT with rows: its text up to the table's columns, its settings, the rows' format, and the rows as bytes. */
  | { kind: 'insert'; into: string; settings: string; format: string; data: Uint8Array }
  | { kind: 'insert-select'; text: string }
  /**
   * Anything else: its text up to FORMAT, what follows from there, the format that it asks for itself, and its first
   * words, such as SELECT; of a SET or CHECK, two.
   */
  | { kind: 'query'; head: string; tail: string; format: string | undefined; verb: string };

// SET ROLE is no SET, nor CHECK GRANT a CHECK TABLE.
const TWO_WORDS = new Set(['SET', 'CHECK']);

// A statement without data is far smaller: the engine refuses it from max_query_size (256 KiB) on.
const MAX_SCANNED_BYTES = 4 * 1024 * 1024;

/**
 * Reads what kind of statement a request holds.
 * @throws EngineFault for what ClickHouse does not take over HTTP: nothing, several statements, INTO OUTFILE
 */
export function readStatement(sql: Buffer): Statement {
  // As latin1, one character is one byte, so that an offset in the text is one in the data.
  const text = sql.toString('latin1', 0, Math.min(sql.length, MAX_SCANNED_BYTES));
  const found = tokens(text);
  const first: Token | undefined = found.next().value ?? undefined;
  if (first === undefined || first.text === ';') throw serverFault('syntax', 'Syntax error: Empty query');
  return first.word === 'INSERT' ? readInsert(sql, text, found) : readQuery(sql, first, found);
}

/** Rows begin behind `FORMAT name` or `VALUES`; before that there may be settings. */
function readInsert(sql: Buffer, text: string, found: Generator<Token>): Statement {
  let previous: Token | undefined;
  let settingsAt: number | undefined;
  for (const token of found) {
    refuseSecondStatement(previous, token);
    const withRows = (head: Token, format: string, dataAt: number): Statement => ({
      kind: 'insert',
      into: sql.toString('utf8', 0, settingsAt ?? head.start),
      settings: settingsAt === undefined ? '' : sql.toString('utf8', settingsAt, head.start),
      format,
      data: sql.subarray(dataAt),
    });
    if (token.depth === 0) {
      if (token.word === 'VALUES') {
        for (const next of rest(token, found)) refuseSecondStatement(...next);
        return withRows(token, 'Values', token.end);
      }
      if (previous?.word === 'FORMAT' && token.word !== '') {
        return withRows(previous, token.text, dataStart(text, token.end));
      }
      if (token.word === 'SELECT' || token.word === 'WITH') return readInsertSelect(sql, token, found);
      if (token.word === 'SETTINGS') settingsAt = token.start;
      if (token.word === 'INFILE') throw serverFault('notImplemented', 'FROM INFILE is not taken over HTTP');
    }
    previous = token;
  }
  // Not a whole INSERT: the engine says what is missing.
  return { kind: 'insert-select', text: withoutEnd(sql, previous) };
}

function readInsertSelect(sql: Buffer, select: Token, found: Generator<Token>): Statement {
  let last = select;
  for (const [previous, token] of rest(select, found)) {
    refuseSecondStatement(previous, token);
    if (previous.word === 'INPUT' && token.text === '(') {
      throw serverFault(
        'notImplemented',
        'The table function input() is not supported by the local ClickHouse',
      );
    }
    last = token;
  }
  return { kind: 'insert-select', text: withoutEnd(sql, last) };
}

/** As ClickHouse's parser: blanks and one line break behind the format's name belong to no row. */
function dataStart(text: string, end: number): number {
  const gap = /[ \t\f]*\r?\n?/y;
  gap.lastIndex = end;
  gap.test(text);
  return gap.lastIndex;
}

function readQuery(sql: Buffer, first: Token, found: Generator<Token>): Statement {
  let end = first.end;
  let formatAt: number | undefined;
  let verb = first.word;
  let format: string | undefined;
  for (const [previous, token] of rest(first, found)) {
    refuseSecondStatement(previous, token);
    if (previous === first && TWO_WORDS.has(first.word)) verb = `${first.word} ${token.word}`;
    if (token.depth === 0 && token.word === 'OUTFILE' && previous.word === 'INTO') {
      throw serverFault('intoOutfile', 'INTO OUTFILE is not allowed over HTTP');
    }
    if (token.depth === 0 && token.word !== '' && previous.word === 'FORMAT') {
      format = token.text;
      formatAt = previous.start;
    }
    // Only the settings may follow a FORMAT; anything else, and it was a column of that name.
    else if (previous.text === format && token.word !== 'SETTINGS' && token.text !== ';') format = undefined;
    if (token.text !== ';') end = token.end;
  }
  const headEnd = format === undefined ? end : (formatAt ?? end);
  return {
    kind: 'query',
    head: sql.toString('utf8', 0, headEnd),
    tail: sql.toString('utf8', headEnd, end),
    format,
    verb,
  };
}

/** The tokens that are left, each with the one before it. */
function* rest(first: Token, found: Generator<Token>): Generator<[previous: Token, token: Token]> {
  let previous = first;
  for (const token of found) {
    yield [previous, token];
    previous = token;
  }
}

/** The engine itself would run several statements; ClickHouse's HTTP interface takes one. */
function refuseSecondStatement(previous: Token | undefined, token: Token): void {
  if (previous?.text !== ';' || token.text === ';') return;
  const where = `failed at position ${token.start + 1} (${token.text})`;
  throw serverFault('syntax', `Syntax error (Multi-statements are not allowed): ${where}`);
}

function withoutEnd(sql: Buffer, last: Token | undefined): string {
  const text = sql.toString('utf8');
  return last?.text === ';' ? text.slice(0, text.lastIndexOf(';')) : text;
}
