import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The rows of INSERTs, as files for the engine to read while it inserts them. Rows within the statement's text would
 * go through the engine's command-line client, which takes an empty line for their end and runs what follows as SQL.
 */
export class Incoming {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    // What a killed server was about to insert was never acknowledged.
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
  }

  /** Calls `insert` with the path of a file that holds `data` as long as that runs. */
  async hold<T>(data: Uint8Array, insert: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#dir, randomUUID());
    try {
      await writeFile(path, data);
      return await insert(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
