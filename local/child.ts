import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

/** How a process ended: an exit code, or the signal that killed it. */
export type Ending = { code: number | null; signal: NodeJS.Signals | null };

/** What to run. `env` is the whole environment of the process; `logFile` takes its stdout and stderr. */
export type Program = {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  cwd?: string;
  /** Opens an IPC channel, by whose end a Node child learns that its parent is gone, even by `kill -9`. */
  ipc?: boolean;
};

/** A running process, in a process group of its own. */
export type Child = {
  pid: number;
  /** Resolves when the process has ended; never rejects. */
  ended: Promise<Ending>;
  running(): boolean;
  /** Sends a signal to the whole group; without effect once the process has ended. */
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that took longer than `boundMs`. */
  stop(boundMs?: number): Promise<Ending>;
};

/** Asks a child process of ours to end in good order; it is killed when it has not within this time. */
const STOP_BOUND_MS = 10_000;

/**
 * Starts a program in its own process group, so that a terminal's Ctrl-C reaches only us, and everything that the
 * program started in turn can be ended with it.
 * @throws the system's error (`code` ENOENT, EACCES …) when the program cannot be started.
 */
export async function startChild(program: Program): Promise<Child> {
  const log = await open(program.logFile, 'a');
  try {
    const stdio: StdioOptions = ['ignore', log.fd, log.fd, ...(program.ipc ? (['ipc'] as const) : [])];
    const process = spawn(program.command, program.args, {
      cwd: program.cwd,
      env: program.env,
      stdio,
      detached: true,
    });
    const ended = endingOf(process);
    const pid = await pidOf(process);
    return { pid, ...control(pid, process, ended), ended };
  } finally {
    await log.close();
  }
}

function control(pid: number, process: ChildProcess, ended: Promise<Ending>) {
  const running = () => process.exitCode === null && process.signalCode === null;
  const signal = (name: NodeJS.Signals) => {
    if (running()) signalGroup(pid, name);
  };
  const stop = async (boundMs = STOP_BOUND_MS) => {
    signal('SIGTERM');
    const timer = setTimeout(signal, boundMs, 'SIGKILL');
    const ending = await ended;
    clearTimeout(timer);
    return ending;
  };
  return { running, signal, stop };
}

/** Signals a process group; a group that is already gone is what the caller wanted. */
export function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}

function endingOf(process: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    process.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function pidOf(process: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    // Also after the start: a failing kill or IPC message must not become an uncaught exception.
    process.on('error', reject);
    process.once('spawn', () => resolve(process.pid ?? 0));
  });
}
