import { isAscii, isUtf8 } from 'node:buffer';
import { type HeaderTexts, isOurs } from '../../../schemas/header-texts.ts';
import { Reader } from './reader.ts';

/** Longer ones are hardly the same from message to message. */
const MAX_REMEMBERED_BYTES = 64;
const MAX_REMEMBERED_PLACES = 32;

/** A text that stood at a place in a message before. */
class Remembered {
  readonly #bytes = Buffer.alloc(MAX_REMEMBERED_BYTES);
  #length = -1;
  #text = '';

  /** The text of these bytes: the one from before, where they are the same. */
  read(block: Buffer, from: number, to: number, encoding: 'latin1' | 'utf8'): string {
    const length = to - from;
    if (length === this.#length && this.#isSame(block, from)) return this.#text;
    const text = block.toString(encoding, from, to);
    if (length > MAX_REMEMBERED_BYTES) return text;
    block.copy(this.#bytes, 0, from, to);
    this.#length = length;
    this.#text = text;
    return text;
  }

  #isSame(block: Buffer, from: number): boolean {
    for (let at = 0; at < this.#length; at++) if (block[from + at] !== this.#bytes[at]) return false;
    return true;
  }
}

const places = Array.from({ length: MAX_REMEMBERED_PLACES }, () => ({
  name: new Remembered(),
  value: new Remembered(),
}));

/**
 * The texts of the headers that make an event, out of a record's bytes. Nearly all names, and many values, are those of
 * the message before at the same place: they are compared with it instead of being decoded again.
 * @param block the number of headers, and each header
 * @returns undefined where one of them is not UTF-8
 */
export function headerTextsIn(block: Buffer): HeaderTexts | undefined {
  const texts: HeaderTexts = {};
  const reader = new Reader(block);
  const encoding = isAscii(block) ? 'latin1' : 'utf8';
  const count = reader.varint();
  for (let place = 0; place < count; place++) {
    const { name, value } = places[place] ?? { name: new Remembered(), value: new Remembered() };
    const nameLength = Math.max(0, reader.varint());
    const nameAt = reader.skip(nameLength);
    const key = name.read(block, nameAt, nameAt + nameLength, encoding);
    const length = reader.varint();
    const at = reader.skip(Math.max(0, length));
    if (!isOurs(key)) continue;
    if (encoding === 'utf8' && length > 0 && !isUtf8(block.subarray(at, at + length))) return undefined;
    const isOnly = length >= 0 && !(key in texts);
    texts[key] = isOnly ? value.read(block, at, at + length, encoding) : undefined;
  }
  return texts;
}
