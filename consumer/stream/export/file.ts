import { createWriteStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What was to become a file is not whole. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError';
}

/** Whether a file is there: one that is, is complete. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Writes a file that has its name only once it is complete and on the disk.
 * @param check throws where what was written is not whole
 * @throws what the content, the check and the disk throw; nothing is left behind then
 */
export async function writeWhole(
  path: string,
  content: Readable,
  check: (partial: string) => Promise<void> = async () => {},
): Promise<void> {
  const dir = dirname(path);
  await mkdir(dir, { recursive: true });
  await removeAbandoned(dir, basename(path));
  const partial = join(dir, `.${basename(path)}.${process.pid}.part`);
  try {
    await pipeline(content, createWriteStream(partial, { flush: true }));
    await check(partial);
    await rename(partial, path);
    await syncDir(dir);
  } finally {
    await rm(partial, { force: true });
  }
}

/** What a run that was killed has left of this file. */
async function removeAbandoned(dir: string, name: string): Promise<void> {
  for (const each of await readdir(dir)) {
    const pid = each.startsWith(`.${name}.`) ? /\.(\d+)\.part$/.exec(each)?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(dir, each), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Until then, the name might be lost with the power. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const MAGIC = 'PAR1';

/** Parquet has its mark at both ends, and the last is written when all else is. @throws IncompleteError */
export async function checkParquet(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const ends = Buffer.alloc(2 * MAGIC.length);
    await handle.read(ends, 0, MAGIC.length, 0);
    await handle.read(ends, MAGIC.length, MAGIC.length, Math.max(0, size - MAGIC.length));
    if (ends.toString('latin1') === MAGIC + MAGIC) return;
  } finally {
    await handle.close();
  }
  throw new IncompleteError('ClickHouse broke off before the Parquet file was whole. Its log says why.');
}
