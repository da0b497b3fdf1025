import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * What tells a process from a later one with the same number: when it began and its command line. Undefined when
 * there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  } catch {
    return undefined;
  }
}

const START_TIME = 19;
const STATE = 0;

async function fromProc(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces and brackets itself: the fields are counted behind its last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[STATE] === 'Z') return undefined; // has ended, and only waits for its parent to take note
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  return `${fields[START_TIME]} ${commandLine.replaceAll('\0', ' ').trim()}`;
}

async function fromPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'lstart=', '-o', 'command=']);
  return stdout.trim() || undefined;
}
