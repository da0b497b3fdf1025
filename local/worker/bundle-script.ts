import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import type { WorkerManifest } from './manifest.ts';

/**
 * `node local/worker/bundle-script.ts FOLDER [ENTRY]`: the Worker as `wrangler deploy` would upload it, and what
 * wrangler.toml says of it (manifest.json). A program of its own: wrangler is large, and needed only for this. With
 * another entry than wrangler.toml's, the path of an index.ts from the project's folder, that one is made in its place.
 */
const ROOT = join(import.meta.dirname, '..', '..');
const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');

const [outDir = '', entry = ''] = process.argv.slice(2);
if (outDir === '') throw new Error('give the folder for the bundle');

const wrangler = spawn(
  process.execPath,
  [WRANGLER, 'deploy', ...(entry === '' ? [] : [entry]), '--dry-run', '--outdir', outDir],
  {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
    stdio: 'inherit',
  },
);
const [code] = await once(wrangler, 'exit');
if (code !== 0) process.exit(1);

const config = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') });
const manifest: WorkerManifest = {
  compatibilityDate: config.compatibility_date ?? '',
  compatibilityFlags: config.compatibility_flags,
  durableObjects: config.durable_objects.bindings.map((object: { name: string; class_name: string }) => ({
    binding: object.name,
    className: object.class_name,
  })),
  vars: Object.fromEntries(Object.entries(config.vars).map(([name, value]) => [name, String(value)])),
};
await writeFile(join(outDir, 'manifest.json'), JSON.stringify(manifest));
