import { decompressFrame } from 'lz4-napi';
import { tooLarge, UndecodableError } from './undecodable.ts';

const MAGIC = 0x184d2204;
const FIXED_HEADER_BYTES = 7;
const HAS_BLOCK_CHECKSUMS = 0b0001_0000;
const HAS_CONTENT_SIZE = 0b0000_1000;
const HAS_DICTIONARY_ID = 0b0000_0001;
const MAX_BLOCK_BYTES: ReadonlyMap<number, number> = new Map([
  [4, 65_536],
  [5, 262_144],
  [6, 1_048_576],
  [7, 4_194_304],
]);
const IS_STORED = 0x8000_0000;

/**
 * The content of an LZ4 frame. The library knows no limit of its own: the frame is measured first.
 * @throws UndecodableError when it may be larger than the limit, or is no such frame
 */
export async function unlz4(frame: Buffer, maxBytes: number): Promise<Buffer> {
  if (sizeBound(frame) > maxBytes) throw tooLarge('lz4', maxBytes);
  return decompressFrame(frame);
}

/** What the content cannot be larger than, by the frame's description of its blocks. */
function sizeBound(frame: Buffer): number {
  const blockBytes = MAX_BLOCK_BYTES.get((frame.readUInt8(5) >> 4) & 0b111);
  if (frame.readUInt32LE(0) !== MAGIC || blockBytes === undefined) {
    throw new UndecodableError('it is damaged: no lz4 data');
  }
  const flags = frame.readUInt8(4);
  const checksumBytes = flags & HAS_BLOCK_CHECKSUMS ? 4 : 0;
  let at = FIXED_HEADER_BYTES + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY_ID ? 4 : 0);
  let bound = 0;
  for (let size = frame.readUInt32LE(at); size !== 0; size = frame.readUInt32LE(at)) {
    const isStored = size >= IS_STORED;
    const length = isStored ? size - IS_STORED : size;
    bound += isStored ? length : blockBytes;
    at += 4 + length + checksumBytes;
  }
  return bound;
}
