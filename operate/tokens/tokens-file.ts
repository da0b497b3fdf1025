import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { type } from 'arktype';
import { CommandError } from '../../consumer/cli/command.ts';

/** 256 bits. */
const TOKEN_BYTES = 32;
const PRINT_LENGTH = 8;

const file = type({
  /** App → its tokens, the oldest first. */
  apps: { '[string]': type({ token: 'string', added: 'string' }).array() },
});

/** All webhook tokens there are, as they are to be put into the secret WEBHOOK_TOKENS. */
export type Tokens = typeof file.infer;

/** A strong token: 43 characters that need no escaping in a URL. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** By what a token is called where it must not be shown. */
export function printOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, PRINT_LENGTH);
}

/** The tokens of a file; none where there is no file. @throws CommandError where it holds something else */
export async function readTokens(path: string): Promise<Tokens> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"apps":{}}';
    throw new CommandError(
      `${path} cannot be read (${error.code}). See to its rights, or name another with --file.`,
    );
  });
  const tokens = file(parsed(text));
  if (tokens instanceof type.errors) {
    throw new CommandError(`${path} is no file of tokens. Move it away, or name another one with --file.`);
  }
  return tokens;
}

/** Writes the file anew, for its owner alone; whole or not at all. */
export async function writeTokens(path: string, tokens: Tokens): Promise<void> {
  const next = `${path}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(next, 0o600);
  await rename(next, path);
}

/** As the secret WEBHOOK_TOKENS has them. */
export function secretOf({ apps }: Tokens): string {
  const lists = Object.entries(apps).map(([app, all]) => [app, all.map(({ token }) => token)]);
  return JSON.stringify(Object.fromEntries(lists));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
