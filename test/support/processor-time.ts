import { readdir, readFile } from 'node:fs/promises';

/** What /proc counts in: a hundredth of a second, on every architecture that Linux tells user space of. */
const TICKS_PER_SECOND = 100;

/**
 * Processor seconds that the processes of a group have used so far, user and system time together: of a program that
 * was started with `startChild`, and of all that it has started in turn.
 */
export async function processorSeconds(group: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const ticks = await Promise.all(pids.map((pid) => ticksOf(pid, group)));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

async function ticksOf(pid: string, group: number): Promise<number> {
  // A process that has ended meanwhile has no file, and what it used is its parent's to tell.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name stands in brackets and may hold anything, so counting begins after it: state, parent, group, …
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[2]) === group ? Number(fields[11]) + Number(fields[12]) : 0;
}
