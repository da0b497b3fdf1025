import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { buildSync } from 'esbuild';

const PAGE = join(import.meta.dirname, 'page');
const ENTRIES = ['early.ts', 'main.ts', 'sign-in.ts'];
const JAVASCRIPT = 'text/javascript; charset=utf-8';

/** A file of the page, as it is served. */
export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

export interface Assets {
  /** Part of every file's path, and another one as soon as any file differs: the files can be kept for ever. */
  readonly version: string;
  /** By file name. */
  readonly files: ReadonlyMap<string, Asset>;
  /** The HTML files, with `{{assets}}` replaced by the path of the assets. */
  readonly page: string;
  readonly signInPage: string;
}

let made: Assets | undefined;

/** The page, made when the first one asks for it: most consumers of a group are never asked. */
export function assets(): Assets {
  made ??= makeAssets();
  return made;
}

/**
 * Its scripts become few files, since each costs the browser a way to the server and back; what not every view needs
 * at once, such as Chart.js, is a file of its own.
 */
function makeAssets(): Assets {
  const files = new Map<string, Asset>([
    ...scripts(),
    ['page.css', { contentType: 'text/css; charset=utf-8', body: styles() }],
    ['icon.svg', { contentType: 'image/svg+xml', body: read('icon.svg') }],
  ]);
  const version = versionOf([...files.values()].map(({ body }) => body));
  const html = (name: string) => read(name).replaceAll('{{assets}}', `/assets/${version}`);
  return { version, files, page: html('page.html'), signInPage: html('sign-in.html') };
}

function scripts(): [name: string, Asset][] {
  const { outputFiles } = buildSync({
    entryPoints: ENTRIES.map((name) => join(PAGE, name)),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2024',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    outdir: PAGE,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, text }) => [basename(path), { contentType: JAVASCRIPT, body: text }]);
}

function read(name: string): string {
  return readFileSync(join(PAGE, name), 'utf8');
}

/** One style sheet, in the order of the files' numbers. */
function styles(): string {
  const names = readdirSync(PAGE).filter((name) => extname(name) === '.css');
  return names.sort().map(read).join('\n');
}

function versionOf(bodies: readonly string[]): string {
  const hash = createHash('sha256');
  for (const body of bodies) hash.update(body);
  return hash.digest('hex').slice(0, 12);
}
