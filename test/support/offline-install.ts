import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './environment.ts';
import { runProgram } from './programs.ts';

/** Makes tarballs of packages as a registry would have them. @param folders the packages', from the project's */
export async function packInto(dir: string, folders: readonly string[]): Promise<string[]> {
  await runProgram(
    'npm',
    ['pack', '--ignore-scripts', '--pack-destination', dir, ...folders.map((each) => `./${each}`)],
    ROOT,
  );
  return (await readdir(dir)).filter((name) => name.endsWith('.tgz')).map((name) => join(dir, name));
}

/**
 * Installs tarballs into a folder, and nothing that is not among them: a package that asks for more is refused. No
 * registry is asked, which may not answer just then.
 */
export async function installOffline(tarballs: readonly string[], dir: string): Promise<void> {
  await runProgram(
    'npm',
    ['install', '--offline', '--cache', join(dir, '.npm'), '--no-audit', '--no-fund', ...tarballs],
    dir,
  );
}
