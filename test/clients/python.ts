import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { baseEnvironment, ROOT } from '../support/environment.ts';

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const INSTALL_TIMEOUT_MS = 500_000;
/** A connection that falls silent is given up and tried again well before the installation is. */
const PIP = '-m pip install --quiet --disable-pip-version-check --timeout=20 --retries=5'.split(' ');
const RUN_TIMEOUT_MS = 100_000;

let environment: Promise<string> | undefined;

/** The folder of programs of a Python environment with requirements.txt, kept under .local between runs. */
export function pythonPrograms(): Promise<string> {
  environment ??= installed();
  return environment;
}

async function installed(): Promise<string> {
  const requirements = await readFile(REQUIREMENTS);
  const version = createHash('sha256').update(requirements).digest('hex').slice(0, 16);
  const dir = join(ROOT, '.local', `python-${version}`);
  if (!existsSync(join(dir, 'complete'))) {
    await rm(dir, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', dir]);
    await run(join(dir, 'bin', 'python'), [...PIP, '-r', REQUIREMENTS], { timeout: INSTALL_TIMEOUT_MS });
    // Made last: an installation that broke off is made anew.
    await run('touch', [join(dir, 'installing')]);
    await rename(join(dir, 'installing'), join(dir, 'complete'));
  }
  return join(dir, 'bin');
}

/** Runs a program of the environment. @returns its output @throws with both outputs when it fails */
export async function runProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const program = join(await pythonPrograms(), name);
  const options = { env: { ...baseEnvironment(), ...env }, timeout: RUN_TIMEOUT_MS };
  try {
    return (await run(program, args, options)).stdout;
  } catch (fault) {
    const { stdout = '', stderr = '' } = fault as { stdout?: string; stderr?: string };
    throw new Error(`${name} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: fault });
  }
}

/** Runs one of the scripts in this folder. @returns the JSON that it prints */
export async function runScript(script: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  return JSON.parse(await runProgram('python', [join(import.meta.dirname, script)], env));
}
