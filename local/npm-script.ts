import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..', 'package.json');

/** How `npm run` starts Node, in the project's folder. */
export interface NodeCommand {
  /** What it adds to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Flags of Node's, a program and its arguments. */
  readonly args: readonly string[];
}

/** The command of a script that starts Node. @throws Error for any other */
export function nodeCommand(script: string): NodeCommand {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: Record<string, string> };
  const [, settings = '', args] = /^((?:\w+=\S+ )*)node (.+)$/.exec(scripts[script] ?? '') ?? [];
  if (args === undefined) throw new Error(`package.json starts no Node for ${script}`);
  const env = Object.fromEntries(
    [...settings.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
  return { env, args: args.split(' ') };
}
