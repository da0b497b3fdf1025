const CHUNK_BYTES = 64 * 1024;

/**
 * The same bytes in pieces of which few are small: each chunk of a request costs both sides a turn, however few bytes
 * are in it, and a lot of a quiet stream has a piece for each of its batches.
 */
export function* inChunks(pieces: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    small.push(piece);
    bytes += piece.length;
    if (bytes < CHUNK_BYTES) continue;
    yield* joined(small);
    small = [];
    bytes = 0;
  }
  yield* joined(small);
}

/** What is large by itself is not copied. */
function joined(pieces: readonly Buffer[]): readonly Buffer[] {
  const last = pieces.at(-1);
  if (last === undefined || pieces.length === 1) return pieces;
  const isLarge = last.length >= CHUNK_BYTES / 2;
  return isLarge ? [Buffer.concat(pieces.slice(0, -1)), last] : [Buffer.concat(pieces)];
}
