import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../child.ts';
import { runTask } from '../task.ts';
import { workerdConfig } from './capnp.ts';
import type { WorkerManifest } from './manifest.ts';

const BUNDLE_SCRIPT = join(import.meta.dirname, 'bundle-script.ts');
const WORKERD = join(import.meta.dirname, '..', '..', 'node_modules', 'workerd', 'bin', 'workerd');
const PROBE_TIMEOUT_MS = 2000;

export type BundleOptions = {
  bundleDir: string;
  /** Another entry than wrangler.toml's: an index.ts, by its path from the project's folder. */
  entry?: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  signal: AbortSignal;
};

/**
 * Bundles the Worker into `bundleDir`, as `wrangler deploy` would upload it.
 * @throws Trouble with wrangler's words when it does not build
 */
export function bundleWorker({ bundleDir, entry, env, logFile, signal }: BundleOptions): Promise<void> {
  const args = [BUNDLE_SCRIPT, bundleDir, ...(entry === undefined ? [] : [entry])];
  return runTask('building the Worker', { command: process.execPath, args, env, logFile }, signal);
}

export type WorkerOptions = {
  /** Filled by `bundleWorker`. */
  bundleDir: string;
  /** Holds the code, the configuration and the outboxes' data; made when it is not there. */
  dir: string;
  port: number;
  /** Where its clock is asked, by `tick`; without it, it has none. */
  clockPort?: number | undefined;
  /** Variables and secrets; they win over the variables of wrangler.toml. */
  vars: Record<string, string>;
  env: NodeJS.ProcessEnv;
  logFile: string;
};

/**
 * Starts the bundled Worker in workerd, one process, on 127.0.0.1. It is up when `workerAnswers` resolves: workerd
 * listens only once the script has loaded, and ends when it cannot be.
 */
export async function startWorker({
  bundleDir,
  dir,
  port,
  clockPort,
  vars,
  env,
  logFile,
}: WorkerOptions): Promise<Child> {
  const stateDir = join(dir, 'state');
  await mkdir(stateDir, { recursive: true });
  const manifest: WorkerManifest = JSON.parse(await readFile(join(bundleDir, 'manifest.json'), 'utf8'));
  const allVars = { ...manifest.vars, ...vars };
  const config = workerdConfig(manifest, { port, clockPort, stateDir, variables: Object.keys(allVars) });
  await copyFile(join(bundleDir, 'index.js'), join(dir, 'index.js'));
  await writeFile(join(dir, 'config.capnp'), config);
  return startChild({
    command: WORKERD,
    // To have another's scheduled handler run is experimental there.
    args: ['serve', ...(clockPort === undefined ? [] : ['--experimental']), join(dir, 'config.capnp')],
    env: { ...env, ...allVars },
    logFile,
  });
}

/** Resolves when the Worker at `url` serves; rejects when it does not. */
export async function workerAnswers(url: string): Promise<void> {
  const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the Worker answers ${response.status}`);
}
