import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type } from 'arktype';
import { signalGroup } from './child.ts';
import { processIdentity } from './identity.ts';
import { Trouble } from './trouble.ts';
import { WaitTimeout, waitFor } from './wait.ts';

const record = type('string.json.parse').to({ pid: 'number.integer > 0', identity: 'string' });

const SUPERVISOR = 'supervisor';
const TERM_BOUND_MS = 10_000;
const KILL_BOUND_MS = 5000;

/**
 * Which processes belong to a data folder, written down so that a supervisor that comes after a killed one finds
 * what that left running.
 */
export class PidFiles {
  readonly #dir: string;

  constructor(localDir: string) {
    this.#dir = join(localDir, 'run');
  }

  /**
   * Takes the data folder for this process, and keeps it until `release`.
   * @throws Trouble when a living supervisor has it
   */
  async claim(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const holder = await this.#living(SUPERVISOR);
    if (holder === undefined) await this.remove(SUPERVISOR);
    const taken = holder !== undefined || !(await this.write(SUPERVISOR, process.pid));
    if (!taken) return;
    throw new Trouble(
      `npm start runs already on this data folder (process ${holder ?? 'unknown'}). End it with Ctrl-C there, ` +
        'or choose another folder with LOCAL_DIR and other ports.',
    );
  }

  release(): Promise<void> {
    return this.remove(SUPERVISOR);
  }

  /** Writes down a running process. @returns false when there is a file of that name already */
  async write(name: string, pid: number): Promise<boolean> {
    const identity = await processIdentity(pid);
    if (identity === undefined) return true; // it has ended meanwhile
    try {
      const file = await open(this.#path(name), 'wx');
      await file.writeFile(JSON.stringify({ pid, identity }));
      await file.close();
      return true;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
      return false;
    }
  }

  remove(name: string): Promise<void> {
    return rm(this.#path(name), { force: true });
  }

  /** Ends what a killed supervisor left running. @returns the names of what was ended */
  async endOrphans(): Promise<string[]> {
    const names = (await readdir(this.#dir)).map((file) => file.replace(/\.json$/, ''));
    const ended = await Promise.all(
      names.filter((name) => name !== SUPERVISOR).map((name) => this.#end(name)),
    );
    return ended.filter((name) => name !== undefined);
  }

  async #end(name: string): Promise<string | undefined> {
    const pid = await this.#living(name);
    if (pid !== undefined) {
      signalGroup(pid, 'SIGTERM');
      await this.#gone(name, TERM_BOUND_MS).catch(async (fault) => {
        if (!(fault instanceof WaitTimeout)) throw fault;
        signalGroup(pid, 'SIGKILL');
        await this.#gone(name, KILL_BOUND_MS);
      });
    }
    await this.remove(name);
    return pid === undefined ? undefined : name;
  }

  #gone(name: string, timeoutMs: number): Promise<boolean> {
    return waitFor(async () => (await this.#living(name)) === undefined, { timeoutMs });
  }

  /** The process of a file, if it is still the same one. */
  async #living(name: string): Promise<number | undefined> {
    const read = record(await readFile(this.#path(name), 'utf8').catch(() => ''));
    if (read instanceof type.errors) return undefined;
    return (await processIdentity(read.pid)) === read.identity ? read.pid : undefined;
  }

  #path(name: string): string {
    return join(this.#dir, `${name}.json`);
  }
}
