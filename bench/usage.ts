import { readFileSync } from 'node:fs';

/** What a process has used since it began. */
export interface Usage {
  /** Processor time, user and system together. */
  readonly cpuMs: number;
  /** The most memory that it ever had, resident. */
  readonly peakRssMb: number;
}

/** Linux tells processor time in hundredths of a second, on every architecture. */
const TICK_MS = 10;
const KB_PER_MB = 1_024;

/** What a running process has used so far, as Linux counts it. @throws where there is no such process */
export function usageOf({ pid }: { readonly pid: number }): Usage {
  // The name, in brackets, can hold anything; user and system time are the 12th and 13th field after it.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peakKb = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    peakRssMb: Number(peakKb) / KB_PER_MB,
  };
}

/** What has been used since an earlier time; the peak is that of the whole life. */
export function usedSince(before: Usage, now: Usage): Usage {
  return { cpuMs: now.cpuMs - before.cpuMs, peakRssMb: now.peakRssMb };
}
