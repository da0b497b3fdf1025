import { UndecodableError } from './undecodable.ts';

const MAX_VARINT_BYTES = 10;

/** Reads Kafka's numbers and byte strings one after the other. @throws UndecodableError beyond the end */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How far it has read. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  /** A zigzag number of up to 64 bits. */
  varlong(): bigint {
    let value = 0n;
    for (let index = 0n; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value |= BigInt(byte & 0x7f) << (7n * index);
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new UndecodableError('it is damaged: a number has no end');
  }

  /** Passes over a zigzag number of up to 64 bits. */
  skipVarlong(): void {
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      if (this.#bytes.readUInt8(this.#take(1)) < 0x80) return;
    }
    throw new UndecodableError('it is damaged: a number has no end');
  }

  /** A zigzag number of up to 32 bits. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 5; index++) {
      const byte = this.#bytes.readUInt8(this.#take(1));
      value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new UndecodableError('it is damaged: a number has no end');
  }

  /** Bytes of a length, which are the reader's own and not copied. */
  take(length: number): Buffer {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Bytes with their length before them; null where the length is -1. */
  varintBytes(): Buffer | null {
    const length = this.varint();
    return length === -1 ? null : this.take(length);
  }

  /** Passes over bytes with their length before them. */
  skipVarintBytes(): void {
    const length = this.varint();
    if (length !== -1) this.#take(length);
  }

  /** Passes over bytes. @returns where they begin */
  skip(length: number): number {
    return this.#take(length);
  }

  rest(): Buffer {
    return this.take(this.left);
  }

  #take(length: number): number {
    if (length < 0 || length > this.left) throw new UndecodableError('it is damaged: a length is wrong');
    const from = this.#at;
    this.#at += length;
    return from;
  }
}
