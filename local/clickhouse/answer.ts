import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type EngineFault, httpStatus, serverFault } from './faults.ts';
import { type Summary, summaryFields } from './summary.ts';

/** How much of a result waits for a fault that would still change the status, as in ClickHouse. */
const HELD_BYTES = 1024 * 1024;
/** A result that is to be answered whole (`wait_end_of_query`) is held in memory, up to this. */
const MOST_HELD_BYTES = 128 * 1024 * 1024;
// The quickest level that is worth it: the way is the loopback interface.
const LEVEL = 1;

const brotli = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: LEVEL } };
const ENCODERS = {
  gzip: { whole: promisify(zlib.gzip), stream: () => zlib.createGzip({ level: LEVEL }) },
  br: {
    whole: (bytes: Buffer) => promisify(zlib.brotliCompress)(bytes, brotli),
    stream: () => zlib.createBrotliCompress(brotli),
  },
  zstd: { whole: promisify(zlib.zstdCompress), stream: () => zlib.createZstdCompress() },
  deflate: { whole: promisify(zlib.deflate), stream: () => zlib.createDeflate({ level: LEVEL }) },
};

export type Encoding = keyof typeof ENCODERS;

/** The compression that an Accept-Encoding allows; undefined for none. */
export function encodingFor(accepted: string): Encoding | undefined {
  const names = Object.keys(ENCODERS) as Encoding[];
  return names.find((name) => new RegExp(`\\b${name}\\b`).test(accepted));
}

type AnswerOptions = { headers: Record<string, string>; encoding: Encoding | undefined; whole: boolean };

/**
 * A query's answer. It is held back at first, so that a fault still gets its status; then it goes out as it comes, and
 * a fault is told at its end, in the way of ClickHouse 25.11 and later, before the connection breaks off.
 */
export class Answer extends Writable {
  readonly #response: ServerResponse;
  readonly #options: AnswerOptions;
  readonly #tag = randomBytes(8).toString('hex');
  #held: Buffer[] = [];
  #heldBytes = 0;
  #target: Writable | undefined;
  #mostHeld: number;

  constructor(response: ServerResponse, options: AnswerOptions) {
    super();
    this.#response = response;
    this.#options = options;
    this.#mostHeld = options.whole ? MOST_HELD_BYTES : HELD_BYTES;
    // A broken answer is told to `run` by the signal of the response's end.
    this.on('error', () => undefined);
  }

  /** Holds nothing back, for who wants to see a query on its way; unless the answer is to be whole. */
  sendAtOnce(): void {
    if (!this.#options.whole) this.#mostHeld = 0;
  }

  override _write(chunk: Buffer, _encoding: string, done: (fault?: Error) => void): void {
    if (this.#target !== undefined) {
      this.#pass(this.#target, chunk, done);
      return;
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= this.#mostHeld) {
      done();
      return;
    }
    if (this.#options.whole) {
      this.#held = [];
      done(tooLarge());
      return;
    }
    const target = this.#begin();
    this.#pass(target, Buffer.concat(this.#held), done);
    this.#held = [];
  }

  /** Sends what is left: all of it, in the common case. */
  async finish(summary: Summary): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.once('error', reject);
      this.end(resolve);
    });
    if (this.#target !== undefined) return void this.#target.end();
    const { encoding, headers } = this.#options;
    const body = Buffer.concat(this.#held);
    const bytes = encoding === undefined ? body : await ENCODERS[encoding].whole(body);
    this.#response.writeHead(200, {
      ...headers,
      ...(encoding !== undefined && { 'Content-Encoding': encoding }),
      'Content-Length': bytes.length,
      'X-ClickHouse-Summary': JSON.stringify(summaryFields(summary, body.length)),
    });
    this.#response.end(bytes);
  }

  async fail({ code, message }: EngineFault): Promise<void> {
    const { encoding, headers } = this.#options;
    if (this.#target === undefined) {
      const text = Buffer.from(`${message}\n`);
      const bytes = encoding === undefined ? text : await ENCODERS[encoding].whole(text);
      this.#response.writeHead(httpStatus(code), {
        ...headers,
        ...(encoding !== undefined && { 'Content-Encoding': encoding }),
        'Content-Type': 'text/plain; charset=UTF-8',
        'X-ClickHouse-Exception-Code': code,
      });
      this.#response.end(bytes);
      return;
    }
    const text = `${message}\n`;
    const mark = '__exception__';
    const length = Buffer.byteLength(text);
    const told = `\r\n${mark}\r\n${this.#tag}\r\n${text}${length} ${this.#tag}\r\n${mark}\r\n`;
    this.#target.write(told, () => {
      const target = this.#target;
      const breakOff = () => this.#response.socket?.destroySoon();
      if (target !== undefined && target !== this.#response) target.once('end', breakOff).end();
      else breakOff();
    });
  }

  #begin(): Writable {
    const { encoding, headers } = this.#options;
    const encoder = encoding === undefined ? undefined : ENCODERS[encoding].stream();
    this.#response.writeHead(200, {
      ...headers,
      ...(encoding !== undefined && { 'Content-Encoding': encoding }),
      'X-ClickHouse-Exception-Tag': this.#tag,
    });
    encoder?.pipe(this.#response);
    this.#target = encoder ?? this.#response;
    return this.#target;
  }

  #pass(target: Writable, chunk: Buffer, done: () => void): void {
    if (target.write(chunk)) {
      done();
      return;
    }
    const go = () => {
      target.off('drain', go);
      this.#response.off('close', go);
      done();
    };
    target.once('drain', go);
    this.#response.once('close', go);
  }
}

function tooLarge(): EngineFault {
  return serverFault(
    'tooManyBytes',
    `Limit for result exceeded: more than ${MOST_HELD_BYTES} bytes are not held for wait_end_of_query`,
  );
}
