import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import type { WorkerManifest } from '../../local/worker/manifest.ts';
import { bundleWorker, startWorker, workerAnswers } from '../../local/worker/worker.ts';

/** Reads the body and answers: the most that this runtime can do on this machine. */
const EMPTY = `export default {
  async fetch(request) {
    await request.text();
    return Response.json({ id: '', kind: '', duplicate: false }, { status: request.method === 'POST' ? 202 : 200 });
  },
};
`;
const EMPTY_MANIFEST: WorkerManifest = {
  compatibilityDate: '2026-08-01',
  compatibilityFlags: [],
  durableObjects: [],
  vars: {},
};
const UP = { timeoutMs: 30_000 };

/** A Worker in workerd, and where it takes webhooks. */
export interface BenchWorker {
  readonly child: Child;
  readonly url: string;
}

/** Starts a Worker that does nothing. @param dir a folder of its own */
export async function startEmptyWorker(dir: string): Promise<BenchWorker> {
  const bundleDir = join(dir, 'bundle');
  await mkdir(bundleDir, { recursive: true });
  await writeFile(join(bundleDir, 'index.js'), EMPTY);
  await writeFile(join(bundleDir, 'manifest.json'), JSON.stringify(EMPTY_MANIFEST));
  return start(dir, bundleDir, {});
}

/** Starts the real Worker. @param dir a folder of its own */
export async function startEdge(dir: string, brokers: string): Promise<BenchWorker> {
  const bundleDir = join(dir, 'bundle');
  await mkdir(bundleDir, { recursive: true });
  const signal = new AbortController().signal;
  await bundleWorker({ bundleDir, env: process.env, logFile: join(dir, 'bundle.log'), signal });
  const tokens = JSON.stringify({ bench: ['bench-token'] });
  return start(dir, bundleDir, {
    KAFKA_BROKERS: brokers,
    WEBHOOK_TOKENS: tokens,
    ADMIN_TOKEN: 'bench-admin',
  });
}

async function start(dir: string, bundleDir: string, vars: Record<string, string>): Promise<BenchWorker> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'log');
  const child = await startWorker({ bundleDir, dir, port, vars, env: process.env, logFile });
  await waitFor(() => workerAnswers(base), UP);
  return { child, url: `${base}/webhooks/bench/bench-token` };
}
