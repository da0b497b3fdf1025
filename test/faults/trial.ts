import { setTimeout as pause } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { waitFor } from '../../local/wait.ts';
import { checkClient, eventIds, outboxStates, readBooks } from './books.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import type { Random } from './random.ts';
import { Sender } from './sender.ts';
import { StreamReader } from './stream.ts';
import { judge } from './verdict.ts';

/** What a fault has to work with. */
export type Stage = { readonly pipeline: Pipeline; readonly sender: Sender; readonly random: Random };

/** A fault that is over when `inject` resolves; what it changed for longer than that is put right again there. */
export type Fault = { readonly name: string; readonly inject: (stage: Stage) => Promise<void> };

/** What came of one fault. */
export type Result = {
  readonly fault: string;
  /** Events acknowledged from the fault's beginning to its check. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the fault's end until all that was acknowledged by then stood in ClickHouse, and a new event too. */
  readonly recoverySeconds: number;
  readonly violations: readonly string[];
};

/** The pipeline must be itself again by then, without a hand. */
const RECOVERY_BOUND_MS = 30_000;
/** After that, it is waited for still, so that a late event is told from a lost one. */
const PATIENCE_MS = 90_000;
const POLL_MS = 200;
const RATE_PER_SECOND = 40;
const WARM_UP_MS = 800;

/** A pipeline with a sender and a reader of its stream, on which faults are tried one after the other. */
export class Trial {
  readonly #stage: Stage;
  readonly #client: ClickHouseClient;
  readonly #reader: StreamReader;

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.#client = checkClient(stage.pipeline);
    this.#reader = new StreamReader(stage.pipeline.brokers);
  }

  static async start(random: Random): Promise<Trial> {
    const pipeline = await startPipeline();
    const { webhookUrl, adminToken } = pipeline;
    const options = { webhookUrl, adminToken, random: random.fork(), ratePerSecond: RATE_PER_SECOND };
    const trial = new Trial({ pipeline, sender: new Sender(options), random });
    await trial.#reader.start(pipeline.prefix);
    return trial;
  }

  get pipeline(): Pipeline {
    return this.#stage.pipeline;
  }

  /** Injects a fault while the sender sends, waits for the recovery, lets all come to rest, and checks everything. */
  async run({ name, inject }: Fault): Promise<Result> {
    const { sender } = this.#stage;
    const before = sender.acknowledged.size;
    const earlier = { answers: sender.violations.length, disorder: this.#reader.disorder.length };
    sender.start();
    await pause(WARM_UP_MS);
    await inject(this.#stage);
    const recovered = await this.#recovery();
    await sender.pause();
    const rested = await this.#rest();
    const verdict = await this.#judge();
    const violations = [
      ...recovered.violations,
      ...rested,
      ...verdict.violations,
      ...sender.violations.slice(earlier.answers),
      ...this.#reader.disorder.slice(earlier.disorder).map((where) => `out of order: ${where}`),
    ];
    const acknowledged = sender.acknowledged.size - before;
    if (acknowledged === 0) violations.push('nothing was acknowledged, so nothing was tried');
    return { ...verdict, fault: name, acknowledged, recoverySeconds: recovered.seconds, violations };
  }

  /** Ends all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage.sender.pause();
    await this.#reader.stop();
    await this.#client.close();
    await this.#stage.pipeline[Symbol.asyncDispose]();
  }

  async #recovery(): Promise<{ seconds: number; violations: string[] }> {
    const { sender } = this.#stage;
    const startedMs = performance.now();
    const due = new Set(sender.acknowledged.keys());
    let probe: string | undefined;
    const isBack = async () => {
      probe ??= (await sender.postNew())?.id;
      if (probe === undefined) return false;
      const standing = await eventIds(this.#client);
      return standing.has(probe) && due.isSubsetOf(standing);
    };
    const violations: string[] = [];
    await waitFor(isBack, { timeoutMs: PATIENCE_MS, intervalMs: POLL_MS }).catch(() =>
      violations.push('did not recover'),
    );
    const tookMs = performance.now() - startedMs;
    if (tookMs > RECOVERY_BOUND_MS) violations.push(`recovered only after ${Math.round(tookMs / 1_000)} s`);
    return { seconds: tookMs / 1_000, violations };
  }

  /** Waits until nothing is on its way any more. @returns what did not come to rest */
  async #rest(): Promise<string[]> {
    const { sender } = this.#stage;
    const isAtRest = async () => {
      const states = await outboxStates(this.pipeline);
      if (states.some(({ pending }) => pending > 0)) return false;
      const accepted = states.reduce((sum, { last_sequence }) => sum + last_sequence, 0);
      const standing = await eventIds(this.#client);
      const seen = [...sender.acknowledged.keys()].every((id) => this.#reader.ids.has(id));
      return standing.size >= accepted && seen;
    };
    const atRest = waitFor(isAtRest, { timeoutMs: RECOVERY_BOUND_MS, intervalMs: POLL_MS });
    return atRest.then(
      () => [],
      () => ['did not come to rest'],
    );
  }

  async #judge() {
    const states = await outboxStates(this.pipeline);
    return judge({
      acknowledged: this.#stage.sender.acknowledged,
      books: await readBooks(this.#client),
      onStream: this.#reader.ids,
      lastSequences: new Map(states.map(({ outbox, last_sequence }) => [outbox, last_sequence])),
    });
  }
}
