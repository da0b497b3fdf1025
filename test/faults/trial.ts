import { setTimeout as pause } from 'node:timers/promises';
import { allowMerges, checkClient, outboxStates, readBooks } from './books.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import type { Random } from './random.ts';
import { untilAtRest, untilRecovered, type View } from './recovery.ts';
import { Sender } from './sender.ts';
import { StreamReader } from './stream.ts';
import { judge } from './verdict.ts';

/** What a fault has to work with. */
export type Stage = { readonly pipeline: Pipeline; readonly sender: Sender; readonly random: Random };

/** What is done to the pipeline. */
export type Fault = {
  readonly name: string;
  /**
   * Over when it resolves; what it changed for longer than that is put right again there.
   * @returns how often it was seen to happen (parts that died, requests held or refused); 0 is a failure of the suite
   */
  readonly inject: (stage: Stage) => Promise<number>;
};

/** What came of one fault. */
export type Result = {
  readonly fault: string;
  readonly injected: boolean;
  /** Events acknowledged from just before the fault to its check. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the fault's end until all that was acknowledged by then stood in ClickHouse, and a new event too. */
  readonly recoverySeconds: number;
  readonly violations: readonly string[];
};

const RATE_PER_SECOND = 40;
const WARM_UP_MS = 800;

/** A pipeline with a sender and a reader of its stream, on which faults are tried one after the other. */
export class Trial {
  readonly #view: View;

  private constructor(view: View) {
    this.#view = view;
  }

  static async start(random: Random): Promise<Trial> {
    const pipeline = await startPipeline();
    const { webhookUrl, adminToken } = pipeline;
    const sender = new Sender({ webhookUrl, adminToken, random, ratePerSecond: RATE_PER_SECOND });
    const reader = new StreamReader(pipeline.brokers, pipeline.prefix);
    return new Trial({ pipeline, sender, reader, client: checkClient(pipeline) });
  }

  get pipeline(): Pipeline {
    return this.#view.pipeline;
  }

  /** Injects a fault while the sender sends, waits for the recovery, lets all come to rest, and checks everything. */
  async run({ name, inject }: Fault, random: Random): Promise<Result> {
    const { pipeline, sender, reader, client } = this.#view;
    const violations: string[] = [];
    const earlier = {
      acknowledged: sender.acknowledged.size,
      answers: sender.violations.length,
      disorder: reader.disorder.length,
    };
    await allowMerges(client, false);
    sender.start();
    await pause(WARM_UP_MS);
    const injected = await inject({ pipeline, sender, random }).catch(async (fault: Error) => {
      violations.push(`could not be injected: ${fault.message}`);
      await pipeline.heal();
      return 0;
    });
    if (injected === 0) violations.push('was not seen to happen');
    const recovered = await untilRecovered(this.#view);
    await sender.pause();
    violations.push(...recovered.violations, ...(await untilAtRest(this.#view)));
    const verdict = await this.#judge();
    violations.push(...verdict.violations, ...sender.violations.slice(earlier.answers));
    violations.push(...reader.disorder.slice(earlier.disorder).map((where) => `out of order: ${where}`));
    await allowMerges(client, true);
    const acknowledged = sender.acknowledged.size - earlier.acknowledged;
    if (acknowledged === 0) violations.push('nothing was acknowledged, so nothing was tried');
    const { lost, doubled } = verdict;
    const recoverySeconds = recovered.seconds;
    return { fault: name, injected: injected > 0, acknowledged, lost, doubled, recoverySeconds, violations };
  }

  /** Ends all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#view.sender.pause();
    await this.#view.client.close();
    await this.#view.pipeline[Symbol.asyncDispose]();
  }

  async #judge() {
    const { pipeline, sender, reader, client } = this.#view;
    const states = await outboxStates(pipeline);
    await reader.readToEnd();
    return judge({
      acknowledged: sender.acknowledged,
      books: await readBooks(client),
      onStream: reader.ids,
      lastSequences: new Map(states.map(({ outbox, last_sequence }) => [outbox, last_sequence])),
    });
  }
}
