import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { PipelineDeps } from '../../../consumer/pipeline.ts';
import { createPipeline } from '../../../consumer/pipeline.ts';
import { Membership } from '../../../schemas/group/membership.ts';
import type { Actor } from './actor.ts';
import type { Assignment, Group } from './group.ts';
import type { Kafka, LoggedMessage, Partition } from './kafka.ts';
import type { Simulation } from './simulation.ts';

const HEARTBEAT_INTERVAL_MS = 1_500;
const MAX_WAIT_MS = 500;
const RETRIES = 5;
const REJOIN = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
]);

interface ConsumerParts {
  readonly kafka: Kafka;
  readonly group: Group;
  readonly deps: Omit<PipelineDeps, 'membership'>;
  /** What is done around the handling of a batch; by default nothing. */
  readonly around?:
    | ((payload: EachBatchPayload, handle: (payload: EachBatchPayload) => Promise<void>) => Promise<void>)
    | undefined;
}

/**
 * A consumer: the real pipeline, under the rules by which kafkajs runs it. One fetcher for each broker, which asks
 * for more only when all batches of its last fetch have ended; a failure lets the others' batches end first; then
 * the member joins again, or tries again, or is made anew.
 */
export class ConsumerProcess {
  readonly actor: Actor;
  readonly #sim: Simulation;
  readonly #kafka: Kafka;
  readonly #group: Group;
  readonly #membership = new Membership();
  readonly #eachBatch: (payload: EachBatchPayload) => Promise<void>;
  readonly #positions = new Map<Partition, number>();
  readonly #paused = new Set<Partition>();
  #memberId = '';
  #memberships = 0;
  #heartbeatAtMs = 0;
  #generation = 0;

  constructor(
    name: string,
    sim: Simulation,
    { kafka, group, deps, around = (payload, handle) => handle(payload) }: ConsumerParts,
  ) {
    this.actor = { name, alive: true };
    this.#sim = sim;
    this.#kafka = kafka;
    this.#group = group;
    const { eachBatch } = createPipeline({ ...deps, membership: this.#membership });
    this.#eachBatch = (payload) => around(payload, eachBatch);
  }

  start(): void {
    this.#memberId = `${this.actor.name}.0`;
    this.#sim.as(
      this.actor,
      () => void this.#run().catch((error) => this.#sim.violate(`the consumer threw ${error}`)),
    );
  }

  async #run(): Promise<void> {
    for (;;) {
      try {
        const assignment = await this.#group.join(this.#memberId);
        this.#generation = assignment.generation;
        this.#membership.renew();
        this.#sim.note(`${this.#memberId} has ${assignment.partitions.length} partitions`);
        await this.#consume(assignment);
      } catch (error) {
        this.#sim.note(`${this.#memberId} ends its stay: ${error}`);
        if (!REJOIN.has(typeOf(error)) || typeOf(error) === 'UNKNOWN_MEMBER_ID') {
          this.#memberId = `${this.actor.name}.${++this.#memberships}`;
        }
        await this.#sim.sleep(this.#sim.random.between(10, 500));
      }
    }
  }

  /** Fetches until the stay ends. @throws what ended it */
  async #consume(assignment: Assignment): Promise<never> {
    this.#positions.clear();
    this.#heartbeatAtMs = this.#sim.nowMs;
    for (let failures = 0; ; failures++) {
      try {
        await this.#fetchFromAll(assignment);
      } catch (error) {
        if (REJOIN.has(typeOf(error)) || failures >= RETRIES) throw error;
        await this.#sim.sleep(200 * 2 ** failures);
      }
    }
  }

  async #fetchFromAll(assignment: Assignment): Promise<void> {
    const halt = new AbortController();
    const fetchers = this.#kafka.brokers.map(async (node) => {
      try {
        while (!halt.signal.aborted) await this.#fetch(node, assignment);
      } catch (error) {
        halt.abort();
        throw error;
      }
    });
    const ended = await Promise.allSettled(fetchers);
    throw ended.find((fetcher) => fetcher.status === 'rejected')?.reason;
  }

  async #fetch(node: number, assignment: Assignment): Promise<void> {
    const { random } = this.#sim;
    const led = assignment.partitions.filter(({ id }) => id % this.#kafka.brokers.length === node);
    const mine = led.filter((partition) => !this.#paused.has(partition));
    const batches = await this.#sim.call(random.between(1, 10), random.between(1, 10), () =>
      mine.flatMap((partition) => this.#read(partition)),
    );
    if (batches.length === 0) {
      await this.#heartbeat(assignment);
      await this.#sim.sleep(random.between(50, MAX_WAIT_MS));
      return;
    }
    const handled = batches.map(async ({ partition, messages, highWatermark }) => {
      await this.#eachBatch(this.#payload(partition, messages, highWatermark, assignment));
      await this.#heartbeat(assignment);
    });
    const ended = await Promise.allSettled(handled);
    const failed = ended.find((batch) => batch.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #read(partition: Partition) {
    const from = this.#positions.get(partition) ?? this.#group.offset(partition);
    const count = this.#sim.random.integer(1, 12);
    const messages = partition.log
      .slice(from, from + count)
      .map((message, at) => received(message, from + at));
    return messages.length === 0 ? [] : [{ partition, messages, highWatermark: partition.log.length }];
  }

  #payload(
    partition: Partition,
    messages: KafkaMessage[],
    highWatermark: number,
    assignment: Assignment,
  ): EachBatchPayload {
    const last = messages.at(-1)?.offset ?? '0';
    const { topic } = partition;
    const batch = {
      topic,
      partition: partition.id,
      messages,
      highWatermark: String(highWatermark),
      firstOffset: () => messages[0]?.offset ?? null,
      lastOffset: () => last,
    };
    const payload: Omit<EachBatchPayload, 'batch' | 'uncommittedOffsets' | 'isRunning' | 'isStale'> = {
      heartbeat: () => this.#heartbeat(assignment),
      pause: () => {
        this.#paused.add(partition);
        return () => void this.#paused.delete(partition);
      },
      resolveOffset: (offset) => void this.#positions.set(partition, Number(offset) + 1),
      // By the member's generation now, as kafkajs does: a payload may outlive the stay that it came in.
      commitOffsetsIfNecessary: async (given) => {
        const offsets = (given?.topics ?? []).flatMap(({ topic, partitions }) =>
          partitions.map(
            ({ partition: id, offset }) => [this.#partition(topic, id), Number(offset)] as const,
          ),
        );
        await this.#group.commit(this.#memberId, this.#generation, offsets);
      },
    };
    return { batch, ...payload } as EachBatchPayload;
  }

  #partition(topic: string, id: number): Partition {
    const found = this.#kafka.partitions.find((each) => each.topic === topic && each.id === id);
    if (found === undefined) throw new Error(`there is no ${topic}/${id}`);
    return found;
  }

  async #heartbeat({ generation }: Assignment): Promise<void> {
    if (this.#sim.nowMs < this.#heartbeatAtMs + HEARTBEAT_INTERVAL_MS) return;
    await this.#group.heartbeat(this.#memberId, generation);
    this.#heartbeatAtMs = this.#sim.nowMs;
  }
}

function received({ key, value, headers, atMs }: LoggedMessage, offset: number): KafkaMessage {
  const bytes = (text: string | Buffer | null) => (text === null ? null : Buffer.from(text));
  const given = Object.entries(headers).map(([name, text]) => [
    name,
    text === undefined ? text : Buffer.from(text),
  ]);
  return {
    key: bytes(key),
    value: bytes(value),
    headers: Object.fromEntries(given),
    offset: String(offset),
    timestamp: String(Math.round(atMs)),
    attributes: 0,
  };
}

function typeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
}
