import type { Actor } from './actor.ts';
import type { Kafka, Partition } from './kafka.ts';
import { kafkaError, lostConnection } from './kafka-errors.ts';
import type { Simulation } from './simulation.ts';

/** What a member was given for one generation of the group. */
export interface Assignment {
  readonly generation: number;
  readonly partitions: readonly Partition[];
}

interface Member {
  readonly actor: Actor;
  seenAtMs: number;
  /** Set while it waits for the next generation. */
  join: ((assignment: Assignment) => void) | undefined;
}

export interface GroupFaults {
  loseRequest: number;
  loseAnswer: number;
}

const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 15_000;

/** The coordinator of a consumer group: who has which partition, and how far each is settled. */
export class Group {
  readonly faults: GroupFaults = { loseRequest: 0, loseAnswer: 0 };
  /** Told before an offset moves. */
  onCommit: (partition: Partition, offset: number) => void = () => {};
  readonly #sim: Simulation;
  readonly #kafka: Kafka;
  readonly #members = new Map<string, Member>();
  readonly #committed = new Map<Partition, number>();
  #generation = 0;
  #rebalance: { dueMs: number } | undefined;

  constructor(sim: Simulation, kafka: Kafka) {
    this.#sim = sim;
    this.#kafka = kafka;
    this.#watch();
  }

  /** How far a partition is settled. */
  offset(partition: Partition): number {
    return this.#committed.get(partition) ?? 0;
  }

  /** Joins, or joins again; settles when the group has its next generation. */
  join(id: string): Promise<Assignment> {
    const { random } = this.#sim;
    const actor = this.#sim.current ?? this.#sim.world;
    return new Promise((resolve, reject) => {
      const ask = () => {
        if (random.chance(this.faults.loseRequest)) {
          this.#sim.schedule(random.between(1, 500), () => reject(lostConnection()), actor);
          return;
        }
        const join = (assignment: Assignment) =>
          void this.#sim.schedule(random.between(1, 15), () => resolve(assignment), actor);
        this.#members.set(id, { actor, seenAtMs: this.#sim.nowMs, join });
        this.startRebalance();
        this.#completeRebalance();
      };
      this.#sim.schedule(random.between(1, 15), ask, this.#sim.world);
    });
  }

  startRebalance(): void {
    this.#rebalance ??= { dueMs: this.#sim.nowMs + REBALANCE_TIMEOUT_MS };
  }

  /** @throws kafkajs's error when the member has to join again */
  heartbeat(id: string, generation: number): Promise<void> {
    return this.#ask(() => {
      this.#checkMember(id, generation).seenAtMs = this.#sim.nowMs;
      if (this.#rebalance !== undefined) throw kafkaError('REBALANCE_IN_PROGRESS');
    });
  }

  /** @throws kafkajs's error when the member's time is over, or the answer is lost, whatever was done */
  commit(
    id: string,
    generation: number,
    offsets: readonly (readonly [partition: Partition, offset: number])[],
  ): Promise<void> {
    return this.#ask(() => {
      this.#checkMember(id, generation);
      for (const [partition, offset] of offsets) {
        this.onCommit(partition, offset);
        this.#committed.set(partition, offset);
      }
    });
  }

  #checkMember(id: string, generation: number): Member {
    const member = this.#members.get(id);
    if (member === undefined) throw kafkaError('UNKNOWN_MEMBER_ID');
    if (generation !== this.#generation) throw kafkaError('ILLEGAL_GENERATION');
    return member;
  }

  #ask(work: () => void): Promise<void> {
    const { random } = this.#sim;
    return this.#sim.call(random.between(0.5, 10), random.between(0.5, 10), () => {
      if (random.chance(this.faults.loseRequest)) throw lostConnection();
      work();
      if (random.chance(this.faults.loseAnswer)) throw lostConnection();
    });
  }

  #watch(): void {
    const now = this.#sim.nowMs;
    for (const [id, member] of this.#members) {
      if (member.join !== undefined || now - member.seenAtMs < SESSION_TIMEOUT_MS) continue;
      this.#members.delete(id);
      this.startRebalance();
    }
    this.#completeRebalance();
    this.#sim.schedule(500, () => this.#watch(), this.#sim.world);
  }

  /** The next generation begins when all have joined, or without those that take too long. */
  #completeRebalance(): void {
    if (this.#rebalance === undefined) return;
    const isDue = this.#sim.nowMs >= this.#rebalance.dueMs;
    const isComplete = [...this.#members.values()].every(({ join }) => join !== undefined);
    if (!isDue && !isComplete) return;
    this.#rebalance = undefined;
    this.#generation++;
    for (const [id, { join, actor }] of this.#members)
      if (join === undefined || !actor.alive) this.#members.delete(id);
    const members = [...this.#members.values()];
    members.forEach((member, index) => {
      const partitions = this.#kafka.partitions.filter((_, place) => place % members.length === index);
      member.seenAtMs = this.#sim.nowMs;
      member.join?.({ generation: this.#generation, partitions });
      member.join = undefined;
    });
  }
}
