import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { baseEnvironment, ROOT } from './environment.ts';

/** Makes tarballs of packages as a registry would have them. @param folders the packages', from the project's */
export async function packInto(dir: string, folders: readonly string[]): Promise<string[]> {
  await npm(
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
  await npm(
    ['install', '--offline', '--cache', join(dir, '.npm'), '--no-audit', '--no-fund', ...tarballs],
    dir,
  );
}

/** @throws what it wrote where it fails */
async function npm(args: readonly string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)('npm', [...args], { cwd, env: baseEnvironment() });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
  }
}
