import { readFile, writeFile } from 'node:fs/promises';
import { type Program, startChild } from './child.ts';
import { Trouble } from './trouble.ts';

const SHOWN_LINES = 15;

/**
 * Runs a program that is to end by itself.
 * @param signal ends it and all that it has started
 * @throws Trouble, with the end of its log, when it fails; the signal's reason when that fired
 */
export async function runTask(name: string, program: Program, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await writeFile(program.logFile, ''); // only this attempt's words are to be shown
  const child = await startChild(program);
  const end = () => child.signal('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const { code } = await child.ended;
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (code === 0) return;
  const log = await readFile(program.logFile, 'utf8');
  throw new Trouble(`${name} failed:\n${log.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')}`);
}
