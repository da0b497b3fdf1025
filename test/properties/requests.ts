import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { body, SECRET_NAMES } from './bodies.ts';
import { print, withoutSecrets } from './json.ts';

/** A request, and what the edge must make of it. */
export interface Attempt {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
  readonly isChunked: boolean;
  readonly status: number;
  /** What must be stored; undefined where nothing must, or where the damage may have left JSON of any kind. */
  readonly payload: string | undefined;
}

const text = new TextDecoder('utf-8', { fatal: true });

/** Turns a body's bytes into those of a request. */
type Wrapping = (bytes: Uint8Array) => Pick<Attempt, 'bytes' | 'headers'> & {
  /** What they are once they are unpacked; undefined when they cannot be. */
  readonly unpacked: Uint8Array | undefined;
  /** What is answered to a body that cannot be unpacked. */
  readonly refusal?: 415;
};

const plain: Wrapping = (bytes) => ({ bytes: copy(bytes), headers: {}, unpacked: bytes });
const packed =
  (encoding: string, pack: (bytes: Uint8Array) => Uint8Array): Wrapping =>
  (bytes) => ({ bytes: copy(pack(bytes)), headers: { 'content-encoding': encoding }, unpacked: bytes });
const changed =
  (change: (bytes: Uint8Array) => Uint8Array): Wrapping =>
  (bytes) =>
    plain(change(bytes));
const ruined =
  (ruin: (bytes: Uint8Array) => Uint8Array): Wrapping =>
  (bytes) => ({ ...packed('gzip', (each) => ruin(gzipSync(each)))(bytes), unpacked: undefined });

/** In a coding that no sender of webhooks uses, and the edge does not read. */
const unknown =
  (encoding: string): Wrapping =>
  (bytes) => ({ ...packed(encoding, gzipSync)(bytes), unpacked: undefined, refusal: 415 });
const inMembers = (at: number): Wrapping =>
  packed('gzip', (bytes) => {
    const cut = at % (bytes.length + 1);
    return Buffer.concat([gzipSync(bytes.subarray(0, cut)), gzipSync(bytes.subarray(cut))]);
  });

const wrapping: fc.Arbitrary<Wrapping> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(plain) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      packed('gzip', (bytes) => gzipSync(bytes)),
      packed('GZIP', (bytes) => gzipSync(bytes)),
      packed('deflate', (bytes) => deflateSync(bytes)),
      packed('x-gzip', (bytes) => gzipSync(bytes)),
      packed('identity', (bytes) => bytes),
      unknown('br'),
      unknown('gzip, gzip'),
      changed((bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])),
      changed((bytes) => Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf16le')),
      ruined((bytes) => bytes.subarray(0, bytes.length - 5)),
      ruined((bytes) => Buffer.concat([bytes, Buffer.from('more')])),
      ruined((bytes) => bytes.fill(0xff, 0, 3)),
    ),
  },
  { weight: 1, arbitrary: fc.nat().map(inMembers) },
  {
    weight: 2,
    arbitrary: fc.nat().map((at) => changed((bytes) => bytes.subarray(0, at % (bytes.length + 1)))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom(0x00, 0x22, 0x80, 0xc0, 0xed, 0xf5, 0xff))
      .map(([at, byte]) =>
        changed((bytes) => {
          const damaged = copy(bytes);
          damaged[at % damaged.length] = byte;
          return damaged;
        }),
      ),
  },
);

/** Any request: a body whole or damaged, plain or packed, with its length told or in chunks. */
export const attempt: fc.Arbitrary<Attempt> = fc
  .tuple(body, wrapping, fc.boolean())
  .map(([json, wrap, isChunked]) => {
    const printed = print(json);
    const { bytes, headers, unpacked, refusal = 400 } = wrap(Buffer.from(printed));
    const arrived = unpacked === undefined ? undefined : decoded(unpacked);
    const isTaken = arrived !== undefined && isObject(arrived);
    const isWhole = arrived === printed;
    const payload = isTaken && isWhole ? print(withoutSecrets(json, SECRET_NAMES)) : undefined;
    return { bytes, headers, isChunked, status: isTaken ? 202 : refusal, payload };
  });

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return text.decode(bytes);
  } catch {
    return undefined;
  }
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
