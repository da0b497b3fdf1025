import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type } from 'arktype';
import { parse } from 'yaml';
import { ROOT } from './environment.ts';

const environment = type({ '[string]': 'string | number' });
const service = type({
  image: 'string',
  'build?': { context: 'string', dockerfile: 'string' },
  'ports?': 'string[]',
  'environment?': environment,
  'depends_on?': { '[string]': { condition: 'string' } },
  'volumes?': 'string[]',
  'command?': 'string[]',
  'entrypoint?': 'string',
  'healthcheck?': { 'disable?': 'boolean', 'test?': 'string[]' },
});
const file = type({ services: { '[string]': service }, volumes: { '[string]': 'unknown' } });

export type ComposeFile = typeof file.infer;
export type ComposeService = typeof service.infer;

/** A compose file as Compose reads it where no variable is set. @param path from the project's folder */
export function readCompose(path: string): ComposeFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const withDefaults = text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return file.assert(parse(withDefaults, { merge: true }));
}

/** A service's environment as its process has it. */
export function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}
