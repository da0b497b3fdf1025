import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../support/environment.ts';

/** A command as a page shows it. */
export interface Command {
  readonly page: string;
  /** A script of package.json. */
  readonly script: string;
  /** Words behind `--`, up to a comment. */
  readonly args: readonly string[];
}

/** The README and the pages under docs, by their names. */
export async function pages(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
  const paths = ['README.md', ...names.map((name) => join('docs', name))];
  const texts = paths.map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')] as const);
  return new Map(await Promise.all(texts));
}

/** Every `npm run …` of a page, in text and in code. */
export function commandsOf(page: string, text: string): Command[] {
  const runs = text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)(?:\s+--(?= )([^`#\n]*))?/g);
  return [...runs].map(([, script = '', args = '']) => ({
    page,
    script,
    args: args.split(/\s+/).filter(Boolean),
  }));
}

/** The commands that a page shows in blocks of shell and that begin with a word, each whole. */
export function shellCommands(text: string, first: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block.trim());
  return blocks.filter((block) => block.startsWith(`${first} `));
}
