import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signalGroup } from '../../local/child.ts';
import { freePort, isPortFree } from '../../local/ports.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

const READY_TIMEOUT_MS = 120_000;

/** The place of one or several runs of `npm start`: ports and folder of the test's own. */
export type Place = {
  dir: string;
  ports: { worker: number; kafka: number; clickHouse: number; consumer: number };
};

export async function newPlace(dir: string): Promise<Place> {
  const [worker, kafka] = [await freePort(), await freePort()];
  const [clickHouse, consumer] = [await freePort(), await freePort()];
  return { dir, ports: { worker, kafka, clickHouse, consumer } };
}

/** A run of `npm start`, as a user has it. */
export class NpmStart {
  readonly place: Place;
  readonly #npm: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = '';

  /** @param env more of the environment, or other than the place's */
  constructor(place: Place, env: Record<string, string> = {}) {
    this.place = place;
    const { dir, ports } = place;
    this.#npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: {
        ...baseEnvironment(),
        LOCAL_DIR: dir,
        WORKER_PORT: String(ports.worker),
        KAFKA_PORT: String(ports.kafka),
        CLICKHOUSE_PORT: String(ports.clickHouse),
        CONSUMER_PORT: String(ports.consumer),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, as a terminal gives to each command.
      detached: true,
    });
    for (const stream of [this.#npm.stdout, this.#npm.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.#ended = once(this.#npm, 'close').then(([code]) => code);
    // A test that fails half-way must not leave a pipeline running.
    undoAfterwards(async () => {
      this.signalGroup('SIGTERM');
      await this.#ended;
    });
  }

  get output(): string {
    return this.#output;
  }

  async ready(): Promise<void> {
    await eventually(
      () => {
        if (this.#npm.exitCode !== null) throw new Error(`it ended:\n${this.#output}`);
        return /^ready$/m.test(this.#output);
      },
      { timeoutMs: READY_TIMEOUT_MS },
    );
  }

  /** Waits for npm's end and gives its exit code. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  signalNpm(name: NodeJS.Signals): void {
    this.#npm.kill(name);
  }

  /** As a terminal's Ctrl-C: npm, its shell and the supervisor get the signal at once. */
  signalGroup(name: NodeJS.Signals): void {
    if (this.#npm.pid !== undefined) signalGroup(this.#npm.pid, name);
  }

  /** The processes by the names of their components, the supervisor among them. */
  async pids(): Promise<Record<string, number>> {
    const runDir = join(this.place.dir, 'run');
    const files = await readdir(runDir);
    const entries = files.map(async (file) => {
      const { pid } = JSON.parse(await readFile(join(runDir, file), 'utf8'));
      return [file.replace('.json', ''), pid];
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** Which of these processes and of the place's ports are still there. */
export async function leftBehind(place: Place, pids: Record<string, number>): Promise<string[]> {
  const processes = Object.entries(pids).filter(([, pid]) => isRunning(pid));
  const ports = await Promise.all(
    Object.entries(place.ports).map(async ([name, port]) =>
      (await isPortFree(port)) ? [] : [`port of ${name}`],
    ),
  );
  return [...processes.map(([name]) => name), ...ports.flat()];
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
