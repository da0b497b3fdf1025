import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Supervised } from './parts.ts';

/** A folder, and programs that work in it. Disposed of, or at the latest with this process, all of it is gone. */
export class Ground {
  readonly dir: string;
  readonly #parts: Supervised[] = [];
  readonly #gone = new AbortController();

  private constructor(dir: string) {
    this.dir = dir;
    process.on('exit', this.#clear);
  }

  static async make(): Promise<Ground> {
    return new Ground(await mkdtemp(join(tmpdir(), 'qiscus-stream-faults-')));
  }

  /** Aborted when all is to go. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Starts a program, and resolves when it is up. */
  async run(part: Supervised): Promise<Supervised> {
    this.#parts.push(part);
    await part.start();
    return part;
  }

  /** Ends all in good order, the last first. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const part of this.#parts.toReversed()) await part.stop();
    } finally {
      this.#clear();
      process.off('exit', this.#clear);
    }
  }

  readonly #clear = () => {
    this.#gone.abort();
    for (const part of this.#parts) part.abandon();
    rmSync(this.dir, { recursive: true, force: true });
  };
}
