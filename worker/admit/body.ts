import { encodingOf, unpacked } from './encoding.ts';

/** A body within its cap, or why there is none. */
export type Body =
  | { readonly outcome: 'read'; readonly text: string }
  | { readonly outcome: 'too-large'; readonly maxBytes: number }
  | { readonly outcome: 'unknown-encoding' }
  | { readonly outcome: 'not-json'; readonly reason: string };

/** A sender that is cut off while it still writes may never see the answer: so much more is read, and dropped. */
const DRAINED_BYTES = 10_000_000;
/** Packed in many small members, a body is longer than it is unpacked. */
const MOST_PACKED_PER_UNPACKED = 2;

const NOT_DECODED = { outcome: 'not-json', reason: 'its bytes could not be decoded' } as const;
const CUT_SHORT = { outcome: 'not-json', reason: 'it was cut short' } as const;

/**
 * Reads a request's body once, as UTF-8 text of at most `maxBytes` bytes; of what is beyond, nothing is kept. A packed
 * body is unpacked, and the cap is for what comes out.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const tooLarge = { outcome: 'too-large', maxBytes } as const;
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes + DRAINED_BYTES) return tooLarge;
  const encoding = encodingOf(request);
  const isPacked = encoding.coding === 'packed';
  const bytes = await received(request, announced, isPacked ? MOST_PACKED_PER_UNPACKED * maxBytes : maxBytes);
  if (encoding.coding === 'unknown') return { outcome: 'unknown-encoding' };
  if (bytes === 'cut-short') return CUT_SHORT;
  if (bytes === 'too-large') return tooLarge;
  if (!isPacked) return decoded(bytes);
  const inner = unpacked(bytes, encoding.unpack, maxBytes);
  if (inner.outcome === 'too-large') return tooLarge;
  return inner.outcome === 'damaged' ? NOT_DECODED : decoded(inner.bytes);
}

/** A body's bytes as they came; of one that is too large, none. */
async function received(
  request: Request,
  announced: number,
  maxBytes: number,
): Promise<Uint8Array | 'too-large' | 'cut-short'> {
  try {
    // A body of announced length cannot grow past it, and is read at once.
    if (announced <= maxBytes) return new Uint8Array(await request.arrayBuffer());
    return (await readCapped(request.body, maxBytes)) ?? 'too-large';
  } catch {
    // The connection ended before the body did.
    return 'cut-short';
  }
}

function decoded(bytes: Uint8Array): Body {
  try {
    return {
      outcome: 'read',
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes),
    };
  } catch (error) {
    if (error instanceof TypeError) return NOT_DECODED;
    throw error;
  }
}

async function readCapped(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  let chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    if (value === undefined) continue;
    size += value.byteLength;
    if (size > maxBytes + DRAINED_BYTES) {
      await reader.cancel();
      return undefined;
    }
    if (size <= maxBytes) chunks.push(value);
    else chunks = [];
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
