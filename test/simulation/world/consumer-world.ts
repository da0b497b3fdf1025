import type { EachBatchPayload, Producer } from 'kafkajs';
import type { Memory } from '../../../consumer/packed-batch.ts';
import { Breaker } from '../../../consumer/persist/breaker.ts';
import { Slabs } from '../../../consumer/persist/slabs.ts';
import type { PipelineDeps } from '../../../consumer/pipeline.ts';
import { deadLetterProducer } from '../../../schemas/group/dead-letter-producer.ts';
import { ConsumerChecks, DEAD_LETTER_TOPIC } from './consumer-checks.ts';
import { ConsumerProcess } from './consumer-process.ts';
import { Group } from './group.ts';
import { Kafka } from './kafka.ts';
import { kafkaClient } from './kafka-client.ts';
import { REFUSAL_MS, refuseForAWhile } from './refusal.ts';
import type { Simulation } from './simulation.ts';
import { type Facts, isPoison, MESSAGES, Stream } from './stream.ts';
import { Warehouse } from './warehouse.ts';
import { repeat, troubleKafka } from './weather.ts';

/** The consumer as it is, or with one thing broken, to show that the simulation notices; and what it is sent. */
export interface ConsumerVariant {
  readonly facts?: Facts;
  /** What troubles it beside the weather that the seed makes, until a time. */
  readonly trouble?: (sim: Simulation, world: ConsumerWorld, untilMs: number) => void;
  readonly insert?: (insert: Warehouse['insert']) => Warehouse['insert'];
  readonly answers?: Warehouse['answers'];
  readonly memory?: () => Memory;
  readonly producer?: (kafka: Kafka) => Pick<Producer, 'connect' | 'send'>;
  readonly eachBatch?: (
    payload: EachBatchPayload,
    handle: (payload: EachBatchPayload) => Promise<void>,
  ) => Promise<void>;
}

/** Nobody has to lend a hand: so long after the last fault, all must be settled. */
const RECOVERY_MS = 120_000;
/** Inserts that were sent before a fault may be served so much later. */
const AFTERMATH_MS = 45_000;
const SLAB_BYTES = 20_000;
const CLIENT_RETRY = { initialRetryTime: 200, maxRetryTime: 3_000, retries: 5 };

const nothing = () => undefined;
const metric = {
  remove: nothing,
  inc: nothing,
  set: nothing,
  observe: nothing,
  setToCurrentTime: nothing,
  startTimer: () => nothing,
};

/** Consumers of one group, a stream that grows, and a ClickHouse, with troubles for a while. */
export class ConsumerWorld {
  readonly kafka: Kafka;
  readonly group: Group;
  readonly warehouse: Warehouse;
  readonly calmAtMs: number;
  readonly events: number;
  readonly #sim: Simulation;
  readonly #checks: ConsumerChecks;
  readonly #variant: ConsumerVariant;
  readonly #processes: ConsumerProcess[] = [];
  #started = 0;
  #settledAtMs: number | undefined;

  constructor(sim: Simulation, variant: ConsumerVariant = {}) {
    const { random } = sim;
    this.#sim = sim;
    this.#variant = variant;
    this.kafka = new Kafka(sim, { brokers: random.integer(1, 2), maxBatchBytes: 1_000_000 });
    const { facts = MESSAGES } = variant;
    for (const kind of facts.kinds) this.kafka.createTopic(`qiscus.${kind}`, random.integer(1, 3));
    this.kafka.createTopic('qiscus.unrecognized', 1);
    this.kafka.createTopic(DEAD_LETTER_TOPIC, random.integer(1, 3));
    this.group = new Group(sim, this.kafka);
    this.warehouse = new Warehouse(sim, isPoison);
    const stream = new Stream(sim, this.kafka, facts);
    this.#checks = new ConsumerChecks(sim, { kafka: this.kafka, stream, warehouse: this.warehouse });
    this.group.onCommit = (partition, offset) => {
      this.#checks.commit(partition, this.group.offset(partition), offset);
    };
    const durationMs = random.pick([1_000, 10_000, 30_000]);
    const isRefusal = random.chance(0.15);
    this.calmAtMs = sim.nowMs + (isRefusal ? REFUSAL_MS : durationMs);
    this.events = random.integer(1, 40);
    stream.publishWithin(this.events, durationMs);
    if (isRefusal) refuseForAWhile(sim, this, this.#checks);
    else if (random.chance(0.9)) this.#trouble();
    variant.trouble?.(sim, this, this.calmAtMs);
    for (let count = random.integer(1, 2); count > 0; count--) this.#startProcess();
  }

  /** One of the consumers is gone, now, and another is started in its place; false when there was none. */
  kill(): boolean {
    const { random } = this.#sim;
    const victim = this.#processes.length === 0 ? undefined : random.pick(this.#processes);
    if (victim === undefined || !victim.actor.alive) return false;
    this.#processes.splice(this.#processes.indexOf(victim), 1);
    victim.actor.alive = false;
    this.#sim.note(`${victim.actor.name} dies`);
    this.#sim.schedule(random.between(100, 5_000), () => this.#startProcess());
    return true;
  }

  isSettled(): boolean {
    const { nowMs } = this.#sim;
    if (nowMs < this.calmAtMs) return false;
    if (this.#settledAtMs !== undefined) return nowMs >= this.#settledAtMs + AFTERMATH_MS;
    if (this.kafka.partitions.every((each) => this.group.offset(each) >= each.log.length)) {
      this.#settledAtMs = nowMs;
      // What is still under way comes to its end without them.
      this.close();
    } else if (nowMs > this.calmAtMs + RECOVERY_MS) {
      this.#sim.violate('what is on the stream is not settled by itself');
    }
    return false;
  }

  check(): void {
    this.#checks.end();
  }

  close(): void {
    for (const { actor } of this.#processes) actor.alive = false;
  }

  #startProcess(): void {
    const process = new ConsumerProcess(`consumer ${++this.#started}`, this.#sim, {
      kafka: this.kafka,
      group: this.group,
      deps: this.#deps(),
      around: this.#variant.eachBatch,
    });
    this.#processes.push(process);
    process.start();
  }

  #deps(): Omit<PipelineDeps, 'membership'> {
    const { insert: wrap, answers, producer } = this.#variant;
    const insert: Warehouse['insert'] = (...rows) => this.warehouse.insert(...rows);
    const log = {
      info: nothing,
      warn: nothing,
      debug: nothing,
      error: (_: object, line: string) => this.#sim.note(line),
    };
    const metrics = new Proxy({}, { get: () => metric });
    const deps = {
      sink: { insert: wrap?.(insert) ?? insert, answers: answers ?? (() => this.warehouse.answers()) },
      breaker: new Breaker(),
      log,
      metrics,
      deadLetters: {
        producer: producer?.(this.kafka) ?? deadLetterProducer(kafkaClient(this.kafka, CLIENT_RETRY)),
        topic: DEAD_LETTER_TOPIC,
        log,
        metrics,
      },
      erased: { applied: async <Each>(works: readonly Each[]) => works, hasAny: async () => false },
      // Also few messages are given slabs, which are used again.
      memory: this.#variant.memory?.() ?? new Slabs(SLAB_BYTES, 0),
      onFatal: (error: unknown) => this.#sim.violate(`the consumer gave up: ${error}`),
    };
    return deps as unknown as Omit<PipelineDeps, 'membership'>;
  }

  #trouble(): void {
    const sim = this.#sim;
    const { random } = sim;
    const often = () => random.pick([0, 0, 0.02, 0.1, 0.3]);
    const { faults } = this.warehouse;
    troubleKafka(sim, this.kafka, this.calmAtMs);
    Object.assign(faults, { loseRequest: often(), loseAnswer: often(), breakHalfway: often() });
    Object.assign(faults, { slow: often() / 3, tooManyParts: often() });
    Object.assign(this.group.faults, { loseRequest: often(), loseAnswer: often() });
    const goDown = () => {
      faults.isDown = true;
      sim.schedule(random.between(50, 12_000), () => Object.assign(faults, { isDown: false }));
    };
    const stall = () => {
      const victim = this.#processes.length === 0 ? undefined : random.pick(this.#processes);
      if (victim !== undefined) victim.actor.stalledUntilMs = sim.nowMs + random.between(100, 25_000);
    };
    for (const trouble of [goDown, stall, () => this.group.startRebalance()]) {
      repeat(sim, random.pick([Infinity, 20_000, 4_000]), this.calmAtMs, trouble);
    }
    sim.schedule(this.calmAtMs - sim.nowMs, () => {
      Object.assign(faults, {
        isDown: false,
        loseRequest: 0,
        loseAnswer: 0,
        breakHalfway: 0,
        slow: 0,
        tooManyParts: 0,
      });
      Object.assign(this.group.faults, { loseRequest: 0, loseAnswer: 0 });
    });
  }
}
