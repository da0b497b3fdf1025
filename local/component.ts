import { setTimeout as pause } from 'node:timers/promises';
import type { Child, Ending } from './child.ts';
import type { PidFiles } from './pid-files.ts';
import type { Report } from './terminal.ts';
import { Trouble } from './trouble.ts';
import { waitFor } from './wait.ts';

/** One of the programs that make up the pipeline. */
export type Part = {
  name: string;
  /** Its address, to show. */
  where: string;
  logFile: string;
  launch(): Promise<Child>;
  /** Rejects while it is not up. */
  answers(): Promise<unknown>;
  /** How long it may take to end in good order. */
  stopBoundMs: number;
};

const FIRST_BACKOFF_MS = 300;
const MAX_BACKOFF_MS = 5000;
/** A part that was up for so long has not failed to start: the next wait is short again. */
const STEADY_MS = 10_000;
/** A part that has never been up and ends so often will not come up by itself. */
const MAX_FIRST_FAILURES = 3;

/** The wait before a part is started again, after so many failures in a row. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
}

/** Keeps a part running: started again whenever it ends, until it is stopped. */
export class Component {
  readonly #part: Part;
  readonly #pidFiles: PidFiles;
  readonly #report: Report;
  readonly #stopping = new AbortController();
  #child: Child | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #hasBeenUp = false;
  #isUp = false;

  constructor(part: Part, pidFiles: PidFiles, report: Report) {
    this.#part = part;
    this.#pidFiles = pidFiles;
    this.#report = report;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /**
   * Starts the part and from then on keeps it running. Resolves when it is up for the first time.
   * @throws Trouble when it does not come up even once
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#keeping = this.#keep(resolve).catch(reject);
    });
  }

  /** Ends the part in good order, or by force after its bound. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#child?.stop(this.#part.stopBoundMs);
    await this.#keeping;
  }

  /** Ends the part at once. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.signal('SIGKILL');
  }

  async #keep(onUp: () => void): Promise<void> {
    for (let failures = 0; ; ) {
      const { why, upMs } = await this.#runOnce(onUp);
      if (this.#stopping.signal.aborted) return;
      failures = upMs > STEADY_MS ? 1 : failures + 1;
      if (!this.#hasBeenUp && failures >= MAX_FIRST_FAILURES) {
        throw new Trouble(`${this.#part.name} does not start (${why}): see ${this.#part.logFile}`);
      }
      const waitMs = backoffMs(failures);
      this.#report(this.#part.name, `${why}; starting it again in ${waitMs / 1000} s`);
      await pause(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
    }
  }

  /** One life of the part, from its start to its end. */
  async #runOnce(onUp: () => void): Promise<{ why: string; upMs: number }> {
    const { name, launch } = this.#part;
    const child = await launch().catch((fault: Error) => fault);
    if (child instanceof Error) {
      if (!this.#hasBeenUp) throw child;
      return { why: `could not be started: ${child.message}`, upMs: 0 };
    }
    this.#child = child;
    await this.#pidFiles.write(name, child.pid);
    // Asked to stop while it was being launched: `stop` did not see it.
    if (this.#stopping.signal.aborted) await child.stop(this.#part.stopBoundMs);
    const over = new AbortController();
    const up = this.#watch(over.signal, onUp);
    const ending = await child.ended;
    over.abort();
    const upSinceMs = await up;
    this.#isUp = false;
    await this.#pidFiles.remove(name);
    return { why: describe(ending), upMs: upSinceMs === undefined ? 0 : performance.now() - upSinceMs };
  }

  /** Waits until the part is up. @returns when that was, or undefined when it ended before */
  async #watch(over: AbortSignal, onUp: () => void): Promise<number | undefined> {
    const { name, where, answers } = this.#part;
    const startedMs = performance.now();
    try {
      await waitFor(answers, { timeoutMs: Number.POSITIVE_INFINITY, signal: over, intervalMs: 100 });
    } catch {
      return undefined;
    }
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    this.#report(name, `${this.#hasBeenUp ? 'is back' : 'is up'} at ${where} (${seconds} s)`);
    this.#hasBeenUp = true;
    this.#isUp = true;
    onUp();
    return performance.now();
  }
}

function describe({ code, signal }: Ending): string {
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}
