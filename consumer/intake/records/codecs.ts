import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { unlz4 } from './lz4.ts';
import { unsnappy } from './snappy.ts';
import { tooLarge, UndecodableError } from './undecodable.ts';

// What a batch may hold once it is decompressed: a small one can be made to grow without end.
const MAX_BATCH_BYTES = 32_000_000;

const BOUNDED = { maxOutputLength: MAX_BATCH_BYTES };

interface Codec {
  readonly name: string;
  readonly decompress: (bytes: Buffer) => Promise<Buffer>;
}

/** Kafka's numbers for them, as they stand in a batch's attributes. */
const CODECS: ReadonlyMap<number, Codec> = new Map([
  [0, { name: 'none', decompress: async (bytes) => bytes }],
  [1, { name: 'gzip', decompress: (bytes) => promisify(gunzip)(bytes, BOUNDED) }],
  [2, { name: 'snappy', decompress: (bytes) => unsnappy(bytes, MAX_BATCH_BYTES) }],
  [3, { name: 'lz4', decompress: (bytes) => unlz4(bytes, MAX_BATCH_BYTES) }],
  [4, { name: 'zstd', decompress: (bytes) => promisify(zstdDecompress)(bytes, BOUNDED) }],
]);

const CODEC_MASK = 0b111;

/**
 * A batch's records, decompressed as its attributes say.
 * @throws UndecodableError when its codec is unknown here, or it is damaged, or it grows too large
 */
export async function decompress(attributes: number, bytes: Buffer): Promise<Buffer> {
  const number = attributes & CODEC_MASK;
  const codec = CODECS.get(number);
  if (codec === undefined) throw new UndecodableError(`its compression codec ${number} is unknown here`);
  try {
    return await codec.decompress(bytes);
  } catch (error) {
    if (error instanceof UndecodableError) throw error;
    const isTooLarge =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? tooLarge(codec.name, MAX_BATCH_BYTES)
      : new UndecodableError(`it is damaged: no ${codec.name} data`);
  }
}
