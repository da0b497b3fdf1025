import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandError } from '../../consumer/cli/command.ts';

const WRANGLER = join(import.meta.dirname, '..', '..', 'node_modules', 'wrangler', 'bin', 'wrangler.js');

/**
 * Has wrangler put a secret of the Worker, over its standard input: on a command line others could read it.
 * @throws CommandError where wrangler does not
 */
export async function putSecret(name: string, value: string): Promise<void> {
  const child = spawn(process.execPath, [WRANGLER, 'secret', 'put', name], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  });
  child.stdin.on('error', () => undefined).end(value);
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    throw new CommandError(
      `wrangler did not put ${name}: the Worker has the tokens that it had. Mend that, and run "npm run tokens -- put".`,
    );
  }
}
