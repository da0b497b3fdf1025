import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { decompressFrame } from 'lz4-napi';
import { EngineFault, serverFault } from './faults.ts';

/** The most that a request may hold, before and after decompression. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

const DECODERS: Record<string, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: bounded(promisify(gunzip)),
  deflate: bounded(promisify(inflate)),
  br: bounded(promisify(brotliDecompress)),
  zstd: bounded(promisify(zstdDecompress)),
  lz4: bounded(unframe),
};

/**
 * A request's body, decompressed as its Content-Encoding says.
 * @throws EngineFault when it is too large, in an unknown encoding, or not what its encoding says
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const bytes = await collect(request);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || encoding === '' || bytes.length === 0) return bytes;
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (decode === undefined) {
    throw serverFault('notImplemented', `Unknown compression method: ${encoding}`);
  }
  return decode(bytes);
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** LZ4 shrinks at most 255 times, so that a body within the bound stays within memory for a moment. */
async function unframe(bytes: Buffer, { maxOutputLength }: { maxOutputLength: number }): Promise<Buffer> {
  const whole = await decompressFrame(bytes);
  if (whole.length > maxOutputLength) throw tooLarge();
  return whole;
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function bounded(decode: Decode): (bytes: Buffer) => Promise<Buffer> {
  return async (bytes) => {
    try {
      return await decode(bytes, { maxOutputLength: MAX_BODY_BYTES });
    } catch (fault) {
      if (fault instanceof EngineFault) throw fault;
      if ((fault as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
      throw serverFault('incorrectData', 'The request body is not compressed as its Content-Encoding says');
    }
  };
}

function tooLarge() {
  return serverFault('tooLarge', `The request body is larger than ${MAX_BODY_BYTES} bytes`);
}
