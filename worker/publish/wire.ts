const encoder = new TextEncoder();
/** Up to there, a loop over a text's characters is faster than a call into the runtime. */
const SHORT = 64;
/** The most that a character of UTF-16 takes in UTF-8. */
const MOST_BYTES = 3;
const VARINT_BYTES = 5;

/** Kafka's types in one buffer, which grows when it must. Numbers have their highest byte first. */
export class Wire {
  bytes: Buffer;
  view: DataView;
  /** Where the next byte goes. */
  at = 0;

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafe(bytes);
    this.view = viewOf(this.bytes);
  }

  int8(value: number): void {
    this.#make(1);
    this.view.setInt8(this.at, value);
    this.at += 1;
  }

  int16(value: number): void {
    this.#make(2);
    this.view.setInt16(this.at, value);
    this.at += 2;
  }

  int32(value: number): void {
    this.#make(4);
    this.view.setInt32(this.at, value);
    this.at += 4;
  }

  int64(value: bigint): void {
    this.#make(8);
    this.view.setBigInt64(this.at, value);
    this.at += 8;
  }

  /** A whole number of 31 bits, not below 0: zigzag, seven bits a byte, the lowest first. */
  varint(value: number): void {
    this.#make(VARINT_BYTES);
    let rest = value * 2;
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80;
    this.bytes[this.at++] = rest;
  }

  /** UTF-8, with its length as an int16 before it. */
  text(value: string): void {
    const start = this.at;
    this.int16(0);
    this.#utf8(value);
    this.view.setInt16(start, this.at - start - 2);
  }

  /** UTF-8, with its length as a varint before it. */
  varintText(value: string): void {
    const start = this.at;
    // Right where each character is one byte.
    this.varint(value.length);
    const textStart = this.at;
    this.#utf8(value);
    this.lengthBefore(start, textStart);
  }

  /** Puts the length of what stands from `contentStart` on before it, as a varint from `start` on. */
  lengthBefore(start: number, contentStart: number): void {
    const length = this.at - contentStart;
    const shift = start + sizeOfVarint(length) - contentStart;
    if (shift !== 0) {
      this.#make(VARINT_BYTES);
      this.bytes.copyWithin(contentStart + shift, contentStart, this.at);
    }
    this.at = start;
    this.varint(length);
    this.at += length;
  }

  #utf8(value: string): void {
    this.#make(value.length * MOST_BYTES);
    const end = this.at + value.length;
    if (value.length <= SHORT && this.#ascii(value)) this.at = end;
    else this.at += encoder.encodeInto(value, this.bytes.subarray(this.at)).written;
  }

  /** Writes without moving on; false when there is a character that takes more than a byte. */
  #ascii(value: string): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at + i] = code;
    }
    return true;
  }

  #make(room: number): void {
    if (this.at + room <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.at + room));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
    this.view = viewOf(grown);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 0x7f; rest >>>= 7) size++;
  return size;
}
