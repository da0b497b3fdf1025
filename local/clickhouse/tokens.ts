/** A piece of SQL that means something: no white space, no comment. Offsets count characters. */
export type Token = {
  text: string;
  /** The text in upper case, for words; empty for quoted and other tokens, which are never keywords. */
  word: string;
  start: number;
  end: number;
  /** How many brackets are open around it. */
  depth: number;
};

const BLANK = /\s+|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const SOLID =
  /'(?:[^'\\]|\\[\s\S]|'')*'?|"(?:[^"\\]|\\[\s\S])*"?|`(?:[^`\\]|\\[\s\S])*`?|\$(\w*)\$[\s\S]*?\$\1\$|[A-Za-z_]\w*|\d[\w.]*|[\s\S]/y;

/** ClickHouse's SQL as tokens, one at a time, so that a reader can stop where an INSERT's data begins. */
export function* tokens(sql: string): Generator<Token> {
  let at = 0;
  let depth = 0;
  while (at < sql.length) {
    BLANK.lastIndex = at;
    if (BLANK.test(sql)) {
      at = BLANK.lastIndex;
      continue;
    }
    SOLID.lastIndex = at;
    const text = SOLID.exec(sql)?.[0] ?? '';
    if (')]}'.includes(text)) depth--;
    yield {
      text,
      word: /^[A-Za-z_]/.test(text) ? text.toUpperCase() : '',
      start: at,
      end: at + text.length,
      depth,
    };
    if ('([{'.includes(text)) depth++;
    at += text.length;
  }
}
