import { uncompress } from 'snappy';
import { tooLarge } from './undecodable.ts';

/** Java's clients cut the data into blocks, each with its length before it, behind this mark and two versions. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;
const MAX_LENGTH_BYTES = 5;

/**
 * What was compressed with Snappy, in one block or as Java's clients frame it.
 * @throws UndecodableError when it says that it is larger than the limit; the library's error when it is damaged
 */
export async function unsnappy(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const blocks = blocksOf(bytes);
  const size = blocks.reduce((sum, block) => sum + sizeOf(block), 0);
  if (size > maxBytes) throw tooLarge('snappy', maxBytes);
  const contents: Buffer[] = [];
  for (const block of blocks) contents.push(Buffer.from(await uncompress(block, { asBuffer: true })));
  return Buffer.concat(contents);
}

function blocksOf(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    blocks.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}

/** The size of a block's content, which stands first in it; the library takes memory for it without a limit. */
function sizeOf(block: Buffer): number {
  let size = 0;
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = block.readUInt8(index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) break;
  }
  return size;
}
