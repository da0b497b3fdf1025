import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';

const PAGE = join(import.meta.dirname, 'page');
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

/**
 * Reads the page, once, at the start. Its scripts are TypeScript without anything but types to take away, which Node
 * does: what the browser runs is the source, line by line.
 */
export function loadAssets(): Assets {
  const names = readdirSync(PAGE).sort();
  const scripts = names.filter((name) => extname(name) === '.ts');
  const files = new Map<string, Asset>([
    ...scripts.map(
      (name) => [name, { contentType: JAVASCRIPT, body: stripTypeScriptTypes(read(name)) }] as const,
    ),
    ['page.css', { contentType: 'text/css; charset=utf-8', body: styles(names) }],
    ['icon.svg', { contentType: 'image/svg+xml', body: read('icon.svg') }],
    ['chart.js', { contentType: JAVASCRIPT, body: chartJs() }],
  ]);
  const version = versionOf([...files.values()].map(({ body }) => body));
  const folder = `/assets/${version}`;
  // Without these, the browser would find each script only after the one that imports it.
  const preloads = scripts
    .filter((name) => !['early.ts', 'sign-in.ts'].includes(name))
    .map((name) => `<link rel="modulepreload" href="${folder}/${name}">`)
    .join('\n    ');
  const html = (name: string) =>
    read(name).replaceAll('{{assets}}', folder).replace('<!-- scripts -->', preloads);
  return { version, files, page: html('page.html'), signInPage: html('sign-in.html') };
}

function read(name: string): string {
  return readFileSync(join(PAGE, name), 'utf8');
}

/** One style sheet, in the order of the files' numbers. */
function styles(names: readonly string[]): string {
  return names
    .filter((name) => extname(name) === '.css')
    .map(read)
    .join('\n');
}

/** The build of Chart.js that is one file without imports; it sets a global, `Chart`. */
function chartJs(): string {
  const dist = dirname(createRequire(import.meta.url).resolve('chart.js'));
  return readFileSync(join(dist, 'chart.umd.min.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
}

function versionOf(bodies: readonly string[]): string {
  const hash = createHash('sha256');
  for (const body of bodies) hash.update(body);
  return hash.digest('hex').slice(0, 12);
}
