import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../local/child.ts';
import { runTask } from '../local/task.ts';

const ROOT = join(import.meta.dirname, '..');

/** Settings of a program, beside the environment's. */
export type Settings = Readonly<Record<string, string>>;

/** What a benchmark starts, and the folder that all of it works in. */
export class Processes {
  readonly dir: string;
  /** Of what is started here. */
  readonly env = process.env;
  readonly logFile: string;
  readonly #children = new Set<Child>();

  private constructor(dir: string) {
    this.dir = dir;
    this.logFile = join(dir, 'log');
  }

  /** With a folder of its own. What was started ends with the benchmark, also by Ctrl-C. */
  static async inNewFolder(): Promise<Processes> {
    const processes = new Processes(await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-')));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void processes.end().finally(() => process.exit(1)));
    }
    return processes;
  }

  /** Takes in what is being started. */
  async started(starting: Promise<Child>): Promise<Child> {
    const child = await starting;
    this.#children.add(child);
    return child;
  }

  /** Starts a program of the project. @param args Node's, with the program's path from the project's folder */
  start(args: readonly string[], settings: Settings): Promise<Child> {
    return this.started(startChild({ ...this.#program(args, settings), ipc: true }));
  }

  /** Runs a program of the project to its end. @throws Trouble with the end of its log when it fails */
  run(what: string, script: string, settings: Settings): Promise<void> {
    // A task begins its log anew.
    const logFile = join(this.dir, 'task.log');
    return runTask(what, { ...this.#program([script], settings), logFile }, new AbortController().signal);
  }

  /** Ends one, also one that is held by SIGSTOP. */
  async stop(child: Child): Promise<void> {
    child.signal('SIGCONT');
    await child.stop();
    this.#children.delete(child);
  }

  /** Ends all and removes the folder. */
  async end(): Promise<void> {
    for (const child of [...this.#children].toReversed()) await this.stop(child);
    await rm(this.dir, { recursive: true, force: true });
  }

  #program(args: readonly string[], settings: Settings) {
    const env = { ...this.env, ...settings };
    return { command: process.execPath, args: [...args], cwd: ROOT, env, logFile: this.logFile };
  }
}
