import { readFile } from 'node:fs/promises';
import { type } from 'arktype';
import { CommandError } from '../../../cli/command.ts';
import type { Head } from './line.ts';

const answer = type({
  chains: type({ outbox: 'string', last_sequence: 'number.integer >= 0', head: 'string' }).array(),
});

/**
 * Reads the links that were kept elsewhere: an earlier answer of `npm run audit -- --verify --json`.
 * @throws CommandError where the file is none
 */
export async function readKept(path: string): Promise<Head[]> {
  const read = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  const found = answer(read);
  if (!(found instanceof type.errors)) return found.chains.filter(({ last_sequence }) => last_sequence > 0);
  throw new CommandError(
    `${path} has no heads of chains. Give a file that "npm run --silent audit -- --verify --json" wrote.`,
  );
}
