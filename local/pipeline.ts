import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Component, type Part } from './component.ts';
import {
  clickHousePart,
  consumerPart,
  environmentAs,
  kafkaPart,
  logFile,
  script,
  workerPart,
} from './parts.ts';
import type { PidFiles } from './pid-files.ts';
import type { LocalSettings } from './settings.ts';
import { runTask } from './task.ts';
import type { Report } from './terminal.ts';
import { waitFor } from './wait.ts';
import { bundleWorker } from './worker/worker.ts';

/** In the order in which they end. */
const STAGES = ['worker', 'consumer', 'stores'] as const;
type Stage = (typeof STAGES)[number];

const TASK_ATTEMPTS = 3;
const TASK_PAUSE_MS = 1000;

/** The whole pipeline on this machine: started in order, kept running, ended in order. */
export class Pipeline {
  readonly #settings: LocalSettings;
  readonly #pidFiles: PidFiles;
  readonly #report: Report;
  readonly #stopping = new AbortController();
  readonly #components: Record<Stage, Component[]> = { worker: [], consumer: [], stores: [] };

  constructor(settings: LocalSettings, pidFiles: PidFiles, report: Report) {
    this.#settings = settings;
    this.#pidFiles = pidFiles;
    this.#report = report;
  }

  /**
   * Resolves when a webhook sent now would arrive in ClickHouse.
   * @throws Trouble when something is missing or does not come up; an AbortError when it was stopped meanwhile
   */
  async start(): Promise<void> {
    const bundleDir = join(this.#settings.dir, 'bundle');
    const steps = [this.#kafka(), this.#clickHouse(), this.#bundle(bundleDir)];
    // The first failure ends the start, and the others with it; none may be left running unheard.
    await Promise.all(steps).catch(async (fault) => {
      this.#stopping.abort();
      await Promise.allSettled(steps);
      throw fault;
    });
    await Promise.all([
      this.#run('worker', workerPart(this.#settings, bundleDir)),
      this.#run('consumer', consumerPart(this.#settings)),
    ]);
    // Something may have ended since it first came up.
    const all = Object.values(this.#components).flat();
    await waitFor(() => all.every((component) => component.isUp), {
      timeoutMs: Number.POSITIVE_INFINITY,
      signal: this.#stopping.signal,
    });
  }

  /** First no new webhooks, then the events on their way finish, then the servers end that those need. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const stage of STAGES) {
      await Promise.all(this.#components[stage].map((component) => component.stop()));
    }
  }

  /** Ends everything at once. */
  kill(): void {
    this.#stopping.abort();
    for (const component of Object.values(this.#components).flat()) component.kill();
  }

  async #kafka(): Promise<void> {
    if (this.#settings.startsKafka) {
      await this.#run('stores', await kafkaPart(this.#settings, this.#report, this.#stopping.signal));
    }
    // It tries for long enough by itself where a server should be there; ours has only just come up.
    const attempts = this.#settings.startsKafka ? TASK_ATTEMPTS : 1;
    await this.#task('topics', 'schemas/create-topics.ts', attempts, this.#settings.env);
  }

  async #clickHouse(): Promise<void> {
    if (this.#settings.startsClickHouse) await this.#run('stores', clickHousePart(this.#settings));
    const env = environmentAs('migrator', this.#settings);
    await this.#task('migrate', 'consumer/persist/migrate.ts', TASK_ATTEMPTS, env);
  }

  async #bundle(bundleDir: string): Promise<void> {
    const { env } = this.#settings;
    const log = logFile(this.#settings, 'bundle');
    await bundleWorker({ bundleDir, env, logFile: log, signal: this.#stopping.signal });
    this.#report('worker', 'is built');
  }

  #run(stage: Stage, part: Part): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const component = new Component(part, this.#pidFiles, this.#report);
    this.#components[stage].push(component);
    this.#report(part.name, 'is starting');
    return this.#untilStopped(component.start());
  }

  /** A part that is stopped before it was up never is: whoever waits for that must be told. */
  #untilStopped(work: Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      work.then(resolve, reject);
    });
  }

  /** A server that has just come up, or one elsewhere, may not take everything yet. */
  async #task(name: string, path: string, attempts: number, env: NodeJS.ProcessEnv): Promise<void> {
    const program = {
      command: process.execPath,
      args: script(path),
      env,
      logFile: logFile(this.#settings, name),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await runTask(`npm run ${name}`, program, this.#stopping.signal);
        this.#report(name, 'done');
        return;
      } catch (fault) {
        this.#stopping.signal.throwIfAborted();
        if (attempt === attempts) throw fault;
        this.#report(name, `not yet possible, again in ${TASK_PAUSE_MS / 1000} s`);
        await pause(TASK_PAUSE_MS, undefined, { signal: this.#stopping.signal });
      }
    }
  }
}
