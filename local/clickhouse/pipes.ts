import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/**
 * Named pipes that the engine writes its results into (`INTO OUTFILE`): as a whole document in any format, and no
 * faster than they are read. The addon's own streams give each block as a document of its own, and its other calls
 * hold the whole result in memory.
 */
export class Pipes {
  readonly #free: string[];

  /** @param dir made anew; @param count how many results are written at once */
  constructor(dir: string, count: number) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    this.#free = Array.from({ length: count }, (_, index) => join(dir, String(index)));
    execFileSync('mkfifo', this.#free);
  }

  /**
   * Runs `work`, which may have one writer write to the path that it gets, and passes what is written on. When
   * `signal` fires, the rest is thrown away: a writer without a reader would hang in its open() for ever.
   * @throws what `work` throws, after everything that was written before has been passed on
   */
  async through<T>(output: Writable, signal: AbortSignal, work: (path: string) => Promise<T>): Promise<T> {
    const path = this.#free.pop();
    if (path === undefined) throw new Error('More results at once than there are pipes');
    const reader = new Socket({ fd: openSync(path, O_RDONLY | O_NONBLOCK), readable: true, writable: false });
    const ended = new Promise<void>((resolve) => reader.once('close', resolve));
    const resume = () => reader.resume();
    reader.on('data', (chunk) => {
      if (!signal.aborted && !output.write(chunk)) reader.pause();
    });
    reader.on('error', () => reader.destroy());
    output.on('drain', resume);
    signal.addEventListener('abort', resume, { once: true });
    try {
      return await work(path);
    } finally {
      endOfWriting(path);
      await ended;
      output.off('drain', resume);
      signal.removeEventListener('abort', resume);
      this.#free.push(path);
    }
  }
}

/** Where nothing was written at all, the reader has seen no end yet: it sees one after a writer that writes nothing. */
function endOfWriting(path: string): void {
  try {
    closeSync(openSync(path, O_WRONLY | O_NONBLOCK));
  } catch (fault) {
    // The end has been seen, and the reader is closed.
    if ((fault as NodeJS.ErrnoException).code !== 'ENXIO') throw fault;
  }
}
