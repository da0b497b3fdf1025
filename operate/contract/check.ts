import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artefacts, majorOf } from './artefacts.ts';
import type { AsyncApi } from './asyncapi.ts';
import { breaksOf } from './breaks.ts';

/** What is wrong with the contract as it stands in the repository. */
export interface Complaints {
  /** Files that are not what the schemas make, by their path in `schemas/generated`. */
  readonly stale: readonly string[];
  /** What breaks readers of the release before, without a new major version. */
  readonly breaks: readonly string[];
}

/** Compares what the schemas make with what stands in a folder, and with the release before. */
export async function complaintsOf(
  { document, files }: Artefacts,
  folder: string,
  released: AsyncApi,
): Promise<Complaints> {
  const standing = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const stale = await Promise.all(
    [...new Set([...files.keys(), ...standing])].map(async (path) => {
      const text = await readFile(join(folder, path), 'utf8').catch(() => undefined);
      return text === files.get(path) ? [] : [path];
    }),
  );
  const isNewMajor = majorOf(document.info.version) > majorOf(released.info.version);
  return { stale: stale.flat().sort(), breaks: isNewMajor ? [] : breaksOf(released, document) };
}
