import { isUtf8 } from 'node:buffer';
import { type HeaderTexts, isOurs } from '../../../schemas/header-texts.ts';
import { Reader } from './reader.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII.
const NOT_ASCII = /[^\x00-\x7f]/;

/** The names that our messages have. */
const NAMES = new Map(
  [
    ...['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'ce_receivedtime'],
    ...['ce_outbox', 'ce_sequence', 'content-type', 'ce_chain', 'traceparent'],
  ].map((name) => [name, name]),
);
/** What is read into a number at once. */
const NUMBERS: ReadonlySet<string> = new Set(['ce_time', 'ce_receivedtime', 'ce_sequence']);
const SHORT = 100;
/** Names, and short ASCII values, of the message before, by their place: nearly all messages have the same names. */
const namesBefore: (string | undefined)[] = [];
const valuesBefore: (string | undefined)[] = [];

/**
 * The texts of the headers that make an event, out of a record's bytes. Nearly all names, and many values, are those of
 * the message before at the same place: they are looked for in the block's signs, which are decoded by one call.
 * @param block the number of headers, and each header
 * @returns undefined where one of them is not UTF-8
 */
export function headerTextsIn(block: Buffer): HeaderTexts | undefined {
  const texts: HeaderTexts = {};
  const reader = new Reader(block);
  // A sign for each byte: lengths are bytes.
  const signs = block.toString('latin1');
  const count = reader.varint();
  for (let place = 0; place < count; place++) {
    const nameLength = Math.max(0, reader.varint());
    const name = nameAt(place, signs, reader.skip(nameLength), nameLength);
    const valueLength = reader.varint();
    const at = reader.skip(Math.max(0, valueLength));
    if (!isOurs(name)) continue;
    const before = valuesBefore[place];
    const isBefore = before?.length === reader.at - at && signs.startsWith(before, at);
    const text = isBefore ? before : textAt(block, NUMBERS.has(name) ? signs : undefined, at, reader.at);
    if (text === undefined) return undefined;
    const isAscii = text.length === reader.at - at;
    if (isAscii && text.length <= SHORT && place < NAMES.size) valuesBefore[place] = text;
    const isOnly = valueLength >= 0 && !(name in texts);
    texts[name] = isOnly ? text : undefined;
  }
  return texts;
}

/**
 * A value's text, undefined where it is not UTF-8.
 * @param signs what the text may be a part of: it keeps all of it in memory for as long as itself
 */
function textAt(block: Buffer, signs: string | undefined, from: number, to: number): string | undefined {
  const text = signs?.substring(from, to) ?? block.toString('latin1', from, to);
  if (!NOT_ASCII.test(text)) return text;
  const bytes = block.subarray(from, to);
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

function nameAt(place: number, signs: string, at: number, length: number): string {
  const before = namesBefore[place];
  if (before?.length === length && signs.startsWith(before, at)) return before;
  const name = signs.substring(at, at + length);
  const known = NAMES.get(name);
  if (known !== undefined && place < NAMES.size) namesBefore[place] = known;
  return name;
}
