import { gunzipSync, inflateSync } from 'node:zlib';

/** Makes of a packed body what was packed. */
type Unpack = (bytes: Uint8Array, limits: { readonly maxOutputLength: number }) => Uint8Array;

/**
 * The content codings that can be read, by their names of RFC 9110. Not by the runtime's DecompressionStream, which
 * refuses a gzip body of several members.
 */
const UNPACK: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
]);
/** Names of no coding: the last two are a character set's, which some senders put there. */
const PLAIN: ReadonlySet<string> = new Set(['', 'identity', 'utf-8', 'utf8']);

/** The names of those that can be read, as `Accept-Encoding` lists them. */
export const READABLE_ENCODINGS = [...UNPACK.keys()].join(', ');

/** How a body is to be read: as it is, unpacked, or not at all. */
export type Encoding =
  | { readonly coding: 'plain' }
  | { readonly coding: 'packed'; readonly unpack: Unpack }
  | { readonly coding: 'unknown' };

/** What a request's `Content-Encoding` says; a body that was packed twice cannot be read. */
export function encodingOf({ headers }: { readonly headers: Headers }): Encoding {
  const names = (headers.get('content-encoding') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const codings = names.filter((name) => !PLAIN.has(name));
  if (codings.length === 0) return { coding: 'plain' };
  const unpack = codings.length === 1 ? UNPACK.get(codings[0] ?? '') : undefined;
  return unpack === undefined ? { coding: 'unknown' } : { coding: 'packed', unpack };
}

/** What came out of a packed body, or why it did not. */
export type Unpacked =
  | { readonly outcome: 'unpacked'; readonly bytes: Uint8Array }
  | { readonly outcome: 'too-large' }
  | { readonly outcome: 'damaged' };

/** Unpacks a body as far as `maxBytes` bytes: what is packed smaller than it is costs no more than that. */
export function unpacked(bytes: Uint8Array, unpack: Unpack, maxBytes: number): Unpacked {
  if (bytes.byteLength === 0) return { outcome: 'unpacked', bytes };
  try {
    return { outcome: 'unpacked', bytes: unpack(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    // Past the limit: a RangeError, in Node and in workerd. All else is what the format does not allow.
    return { outcome: error instanceof RangeError ? 'too-large' : 'damaged' };
  }
}
