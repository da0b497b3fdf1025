import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..', 'package.json');

/** What Node is started with by `npm run`, in the project's folder: flags of its own, a program and its arguments. */
export function argsOf(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: Record<string, string> };
  const [, args] = /^node (.+)$/.exec(scripts[script] ?? '') ?? [];
  if (args === undefined) throw new Error(`package.json starts no Node for ${script}`);
  return args.split(' ');
}
