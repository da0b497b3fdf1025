import { type Allocate, ownMemory, type Place } from '../slabs.ts';

/** Rows share slabs of so many bytes; a larger one has its own. */
const SLAB_BYTES = 256 * 1024;
/** UTF-8 needs at most so many bytes for one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;
const ONE_BYTE_LENGTH = 127;
const LAST_ASCII = 127;
const SHORT = 32;
const TWO_TO_32 = 2 ** 32;

/** Writes rows one behind the other, little-endian as ClickHouse has them. */
export class RowBytes {
  readonly #allocate: Allocate;
  /** Rows that have ended, in slabs that are full. */
  #full: Buffer[] = [];
  #slab: Buffer = Buffer.alloc(0);
  /** Where the rows begin in the slab that are not taken yet, and the row that has not ended. */
  #first = 0;
  #from = 0;
  #at = 0;
  #blobAt = 0;

  constructor(allocate: Allocate = ownSlab) {
    this.#allocate = allocate;
  }

  /** Ends the row and begins the next one. */
  endRow(): void {
    this.#from = this.#at;
  }

  /** The rows that have ended since, as few pieces: each of whole rows, and nothing is written over them. */
  takeRows(): Buffer[] {
    const rows = this.#full;
    if (this.#from > this.#first) rows.push(this.#slab.subarray(this.#first, this.#from));
    this.#full = [];
    this.#first = this.#from;
    return rows;
  }

  /** Forgets what was written of a row that is not ended. */
  dropRow(): void {
    this.#at = this.#from;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#slab[this.#at++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#at = this.#slab.writeUInt32LE(value, this.#at);
  }

  /** A whole number that a double holds, below 0 too. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / TWO_TO_32);
    this.#slab.writeUInt32LE(value - high * TWO_TO_32, this.#at);
    this.#slab.writeInt32LE(high, this.#at + 4);
    this.#at += 8;
  }

  bigUint64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#slab.writeBigUInt64LE(value, this.#at);
  }

  /** How many bytes or items follow: seven bits a byte, the lowest first. */
  length(value: number): void {
    let rest = value;
    for (; rest > ONE_BYTE_LENGTH; rest = Math.floor(rest / 128)) this.uint8((rest % 128) | 128);
    this.uint8(rest);
  }

  /** A length, and the text in UTF-8. */
  text(value: string): void {
    if (value.length <= SHORT && this.#shortText(value)) return;
    const most = value.length * BYTES_PER_UNIT;
    if (most > ONE_BYTE_LENGTH) {
      const bytes = Buffer.byteLength(value);
      this.length(bytes);
      this.#reserve(bytes);
      this.#at += this.#slab.write(value, this.#at);
      return;
    }
    // Its length takes one byte, whatever the text: that is written behind it first.
    this.#reserve(most + 1);
    const bytes = this.#slab.write(value, this.#at + 1);
    this.#slab[this.#at] = bytes;
    this.#at += bytes + 1;
  }

  /** Sign by sign, which is quicker than a call for so few. @returns false where one of them is not ASCII */
  #shortText(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const slab = this.#slab;
    let at = this.#at;
    slab[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > LAST_ASCII) return false;
      slab[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** A length, and bytes as they are. */
  blob(value: Uint8Array): void {
    this.length(value.byteLength);
    this.#reserve(value.byteLength);
    this.#slab.set(value, this.#at);
    this.#blobAt = this.#at;
    this.#at += value.byteLength;
  }

  /** Where the blob stands that was written last, in the row that ended last. */
  get lastBlob(): Place {
    return { slab: this.#slab, from: this.#blobAt };
  }

  /** A row that does not fit into what is left of the slab goes on in the next one, whole. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    const begun = this.#slab.subarray(this.#from, this.#at);
    this.#full = this.takeRows();
    this.#slab = this.#allocate(begun.length + bytes);
    this.#slab.set(begun);
    this.#blobAt -= this.#from;
    this.#first = 0;
    this.#from = 0;
    this.#at = begun.length;
  }
}

function ownSlab(bytes: number): Buffer {
  return bytes < SLAB_BYTES ? Buffer.allocUnsafeSlow(SLAB_BYTES) : ownMemory(bytes);
}
