import { readdir, readFile } from 'node:fs/promises';

/** What /proc counts in: a hundredth of a second, on every architecture that Linux tells user space of. */
const TICKS_PER_SECOND = 100;

/**
 * Processor seconds that a running process and all others of its group have used so far, user and system time
 * together: of a program that was started with `startChild`, and of all that it has started in turn.
 * @throws when there is no such process
 */
export async function processorSeconds(pid: number): Promise<number> {
  const { group } = statOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process that has ended meanwhile has no file, and what it used is its parent's to tell.
  const texts = await Promise.all(pids.map((each) => readFile(`/proc/${each}/stat`, 'utf8').catch(() => '')));
  const members = texts.map(statOf).filter((stat) => stat.group === group);
  return members.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** The program's name stands in brackets and may hold anything, so counting begins after it: state, parent, group, … */
function statOf(text: string): { group: number; ticks: number } {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { group: Number(fields[2]), ticks: Number(fields[11]) + Number(fields[12]) };
}
