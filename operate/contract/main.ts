import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, commandLine, runCommand } from '../../consumer/cli/command.ts';
import { makeArtefacts } from './artefacts.ts';
import type { AsyncApi } from './asyncapi.ts';
import { type Complaints, complaintsOf } from './check.ts';

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas');
const GENERATED = join(SCHEMAS, 'generated');
/** The contract of the last release, which others build on. */
const RELEASED = join(SCHEMAS, 'released', 'asyncapi.json');

/**
 * `npm run contract`: makes JSON Schemas, the AsyncAPI document, TypeScript types and samples of the schemas that guard
 * the edge, and holds them against the last release.
 */
await runCommand(async () => {
  const {
    check = false,
    release = false,
    json = false,
  } = commandLine('contract', 'Makes the contract for other teams out of the schemas: schemas/generated.')
    .option(
      '--check',
      'writes nothing; fails where a file is stale or a change breaks readers of the last release',
    )
    .option('--release', 'afterwards, what is made is the release that later ones are held against')
    .option('--json', 'one JSON object, for programs')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  if (check && release) {
    throw new CommandError('--check writes nothing, and --release does. Choose one of them.');
  }
  const { version } = JSON.parse(await readFile(join(SCHEMAS, 'package.json'), 'utf8')) as {
    version: string;
  };
  const artefacts = await makeArtefacts(version);
  const released = await readReleased();
  if (!check) await write(artefacts.files);
  const complaints = await complaintsOf(artefacts, GENERATED, released ?? artefacts.document);
  const isFine = complaints.stale.length === 0 && complaints.breaks.length === 0;
  if (release && complaints.breaks.length === 0) {
    await mkdir(dirname(RELEASED), { recursive: true });
    await writeFile(RELEASED, artefacts.files.get('asyncapi.json') ?? '');
  }
  process.stdout.write(
    json ? `${JSON.stringify({ version, ...complaints }, null, 2)}\n` : inText(version, complaints),
  );
  return isFine ? 0 : 1;
});

async function readReleased(): Promise<AsyncApi | undefined> {
  try {
    return JSON.parse(await readFile(RELEASED, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  await rm(GENERATED, { recursive: true, force: true });
  for (const [path, text] of files) {
    const file = join(GENERATED, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

function inText(version: string, { stale, breaks }: Complaints): string {
  const lines = [
    ...stale.map((path) => `stale: schemas/generated/${path}`),
    ...(stale.length > 0 ? ['Run "npm run contract" and commit what it writes.'] : []),
    ...breaks.map((each) => `breaks readers: ${each}`),
    ...(breaks.length > 0
      ? ['Undo it, or give schemas/package.json a new major version and run "npm run contract -- --release".']
      : []),
  ];
  return `${lines.length > 0 ? lines.join('\n') : `The contract ${version} stands, and breaks no reader.`}\n`;
}
