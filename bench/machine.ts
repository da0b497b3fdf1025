import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';

/** On what and when something was measured: no figure means anything without it. */
export interface Machine {
  /** When it was over, ISO 8601. */
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  /** The package that has ClickHouse's engine. */
  readonly chdb: string;
}

/** This machine, now. */
export function thisMachine(): Machine {
  const cores = cpus();
  return {
    at: new Date().toISOString(),
    cores: cores.length,
    cpu: cores[0]?.model ?? '',
    node: process.version,
    chdb: versionOf('chdb'),
  };
}

function versionOf(name: string): string {
  const main = createRequire(import.meta.url).resolve(name);
  const manifest: { version: string } = JSON.parse(readFileSync(join(dirname(main), 'package.json'), 'utf8'));
  return manifest.version;
}
