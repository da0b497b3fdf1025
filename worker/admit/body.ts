/** A body within its cap, or why there is none. */
export type Body =
  | { readonly outcome: 'read'; readonly text: string }
  | { readonly outcome: 'too-large'; readonly maxBytes: number }
  | { readonly outcome: 'not-json'; readonly reason: string };

const PACKED = new Set(['gzip', 'deflate']);
/** A sender that is cut off while it still writes may never see the answer: so much more is read, and dropped. */
const DRAINED_BYTES = 10_000_000;

/**
 * Reads a request's body once, as UTF-8 text of at most `maxBytes` bytes; of what is beyond, nothing is kept. A gzip
 * or deflate body is unpacked, and the cap is for what comes out.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Body> {
  const tooLarge = { outcome: 'too-large', maxBytes } as const;
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes + DRAINED_BYTES) return tooLarge;
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  try {
    // A plain body of announced length cannot grow past it, and is read at once.
    const isCapped = announced <= maxBytes && !PACKED.has(encoding);
    const bytes = isCapped
      ? await request.arrayBuffer()
      : await readCapped(unpack(request.body, encoding), maxBytes);
    if (bytes === undefined) return tooLarge;
    return {
      outcome: 'read',
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes),
    };
  } catch (error) {
    // The decoders throw a TypeError, for bytes that are no UTF-8 and a packed body that is damaged or cut short;
    // all else comes from a connection that ended before the body did.
    const reason = error instanceof TypeError ? 'its bytes could not be decoded' : 'it was cut short';
    return { outcome: 'not-json', reason };
  }
}

function unpack(body: ReadableStream | null, encoding: string): ReadableStream | null {
  return body !== null && PACKED.has(encoding)
    ? body.pipeThrough(new DecompressionStream(encoding as 'gzip'))
    : body;
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
