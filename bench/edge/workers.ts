import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { bundleWorker, startWorker, workerAnswers } from '../../local/worker/worker.ts';
import type { OutboxStatus } from '../../worker/outbox/status.ts';
import type { Processes, Settings } from '../processes.ts';
import { newSessions } from './sessions.ts';

const UP = { timeoutMs: 30_000 };
const PUBLISHED = { timeoutMs: 300_000, intervalMs: 20 };
const ADMIN_TOKEN = 'bench-admin';
const TOKEN = 'bench-token';
/** The Workers that can be started, by the entry that each is made from; the real one's is wrangler.toml's. */
const ENTRIES = {
  real: undefined,
  stages: 'bench/edge/worker/stages/index.ts',
  counted: 'bench/edge/worker/counted/index.ts',
} as const;

/** A Worker in workerd. */
export interface BenchWorker {
  readonly child: Child;
  /** Of its outboxes' data, among other things. */
  readonly dir: string;
  readonly port: number;
  /** Where it takes webhooks. */
  readonly path: string;
  /** Gives a webhook that it has not had yet. */
  readonly nextBody: () => string;
}

/** Starts Workers, each in a folder of its own, with its own outboxes. */
export class Workers {
  readonly #processes: Processes;
  readonly #brokers: string;
  readonly #bundles = new Map<string, Promise<string>>();

  constructor(processes: Processes, brokers: string) {
    this.#processes = processes;
    this.#brokers = brokers;
  }

  /**
   * Starts one, and settles once it answers.
   * @param settings win over those that all have
   * @param folder of one that was stopped, whose outboxes it has then; without it, it begins with none
   */
  async start(worker: keyof typeof ENTRIES, settings: Settings, folder?: string): Promise<BenchWorker> {
    const { env } = this.#processes;
    const dir = folder ?? (await mkdtemp(join(this.#processes.dir, 'worker-')));
    const bundleDir = await this.#bundle(worker);
    const port = await freePort();
    const vars = {
      KAFKA_BROKERS: this.#brokers,
      WEBHOOK_TOKENS: JSON.stringify({ bench: [TOKEN] }),
      ADMIN_TOKEN,
      ...settings,
    };
    const starting = startWorker({ bundleDir, dir, port, vars, env, logFile: join(dir, 'log') });
    const child = await this.#processes.started(starting);
    await waitFor(() => workerAnswers(`http://127.0.0.1:${port}`), UP);
    return { child, dir, port, path: `/webhooks/bench/${TOKEN}`, nextBody: newSessions() };
  }

  #bundle(worker: keyof typeof ENTRIES): Promise<string> {
    const made = this.#bundles.get(worker) ?? this.#makeBundle(worker);
    this.#bundles.set(worker, made);
    return made;
  }

  async #makeBundle(worker: keyof typeof ENTRIES): Promise<string> {
    const { dir, env } = this.#processes;
    const bundleDir = join(dir, `bundle-${worker}`);
    const entry = ENTRIES[worker];
    const options = {
      bundleDir,
      env,
      logFile: join(dir, `bundle-${worker}.log`),
      signal: new AbortController().signal,
    };
    await bundleWorker(entry === undefined ? options : { ...options, entry });
    return bundleDir;
  }
}

/** What a Worker's outboxes say of themselves. */
export async function outboxStates({ port }: BenchWorker): Promise<readonly OutboxStatus[]> {
  const response = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { outboxes } = (await response.json()) as { readonly outboxes: readonly OutboxStatus[] };
  return outboxes;
}

/** The same together, and how long it took them to say so. */
export async function outboxTotals(worker: BenchWorker) {
  const startMs = performance.now();
  const outboxes = await outboxStates(worker);
  return {
    accepted: outboxes.reduce((sum, { last_sequence }) => sum + last_sequence, 0),
    pending: outboxes.reduce((sum, { pending }) => sum + pending, 0),
    tookMs: performance.now() - startMs,
  };
}

/** Settles when the broker has acknowledged all that a Worker has accepted. */
export async function allPublished(worker: BenchWorker): Promise<void> {
  await waitFor(async () => (await outboxTotals(worker)).pending === 0, PUBLISHED);
}
