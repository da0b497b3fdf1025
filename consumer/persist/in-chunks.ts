/** A piece of so many bytes goes alone. */
const LARGE_BYTES = 8 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * The same bytes in pieces of which few are small: each chunk of a request costs both sides a turn, however few bytes
 * are in it, and a lot of a quiet stream has a piece for each of its batches. What is large is not copied.
 */
export function* inChunks(pieces: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const isLarge = piece.length >= LARGE_BYTES;
    if (bytes > 0 && (isLarge || bytes >= CHUNK_BYTES)) {
      yield Buffer.concat(small);
      small = [];
      bytes = 0;
    }
    if (isLarge) yield piece;
    else {
      small.push(piece);
      bytes += piece.length;
    }
  }
  if (bytes > 0) yield Buffer.concat(small);
}
