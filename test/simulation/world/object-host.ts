import type { OutboxObject } from '../../../worker/outbox/client.ts';
import { Keeper, type KeeperPorts } from '../../../worker/outbox/keeper.ts';
import type { RecordObject } from '../../../worker/outbox/layout/known-layouts.ts';
import { LayoutRecord } from '../../../worker/outbox/layout/record.ts';
import type { Limits } from '../../../worker/outbox/store.ts';
import type { Actor } from './actor.ts';
import { Disk } from './disk.ts';
import type { Simulation } from './simulation.ts';

/** An object that lives: one stay of the outbox in memory. */
interface Stay {
  readonly actor: Actor;
  readonly keeper: Keeper;
  readonly record: LayoutRecord;
  readonly started: Promise<void>;
  /** Answers that callers still wait for. */
  readonly open: Set<(error: Error) => void>;
  isAlarmRunning: boolean;
}

/** Who waits for an object's answer. */
interface Call<Result> {
  readonly resolve: (result: Result) => void;
  readonly fail: (error: Error) => void;
  readonly caller: Actor;
}

/** Makes the keeper's ports; its variants are how the simulation is shown to notice what is broken. */
export type CreatePorts = (host: ObjectHost, clock: KeeperPorts['clock']) => KeeperPorts;

/** The object did not answer: it died, or was not there. */
export class ObjectDied extends Error {
  override readonly name = 'ObjectDied';
}

/**
 * The platform around one object, an outbox or a record of layouts: starts the object when it is called, runs its alarm when it is due, and lets it
 * die at any time. An alarm that was cut short stands again only as the storage has it.
 */
export class ObjectHost {
  readonly name: string;
  readonly disk: Disk;
  readonly sim: Simulation;
  readonly #limits: Limits;
  readonly #createPorts: CreatePorts;
  #stay: Stay | undefined;
  #stays = 0;
  #awaitedAlarmMs: number | undefined;
  /** How far this object's clock may be off, milliseconds either way; chosen anew whenever it starts. */
  clockSkewMs = 0;

  constructor(sim: Simulation, name: string, limits: Limits, createPorts: CreatePorts) {
    this.sim = sim;
    this.name = name;
    this.#limits = limits;
    this.#createPorts = createPorts;
    this.disk = new Disk(sim);
    this.disk.onDurable = () => {
      this.#checkAlarm();
      this.#awaitAlarm();
    };
  }

  /** The object as the edge calls it. Each call throws ObjectDied, or what the object throws. */
  readonly stub: OutboxObject & RecordObject = {
    append: (event, place) => this.#call(({ keeper }) => keeper.append(event, place)),
    recall: (event) => this.#call(({ keeper }) => keeper.recall(event)),
    fence: (generation) => this.#call(({ keeper }) => keeper.fence(generation)),
    layout: () => this.#call(({ record }) => record.layout()),
    adopt: (shards) => this.#call(({ record }) => record.adopt(shards)),
    endEarlier: (generation) => this.#call(({ record }) => record.endEarlier(generation)),
  };

  #call<Result>(work: (stay: Stay) => Promise<Result>): Promise<Result> {
    const { sim } = this;
    const caller = sim.current ?? sim.world;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) =>
        void sim.schedule(sim.random.between(0, 20), () => reject(error), caller);
      const deliver = () => {
        const stay = this.#ensureStay();
        if (stay === undefined) return fail(new ObjectDied());
        stay.open.add(fail);
        sim.schedule(
          sim.random.between(0, 2),
          () => this.#answer(stay, () => work(stay), { resolve, fail, caller }),
          stay.actor,
        );
      };
      sim.schedule(sim.random.between(0, 30), deliver, sim.world);
    });
  }

  #answer<Result>(stay: Stay, work: () => Promise<Result>, { resolve, fail, caller }: Call<Result>): void {
    const { sim } = this;
    stay.started
      .then(work)
      .then((result) => {
        stay.open.delete(fail);
        sim.schedule(sim.random.between(0, 20), () => resolve(result), caller);
      })
      .catch((error) => {
        stay.open.delete(fail);
        fail(error);
      });
  }

  /** The object is gone, now; false when there was none. */
  die(): boolean {
    const stay = this.#stay;
    if (stay === undefined) return false;
    this.sim.note(`${stay.actor.name} dies`);
    stay.actor.alive = false;
    this.#stay = undefined;
    this.disk.loseWhatIsNotDurable();
    this.#checkAlarm();
    this.#awaitAlarm();
    for (const fail of stay.open) fail(new ObjectDied());
    return true;
  }

  #ensureStay(): Stay | undefined {
    if (this.#stay !== undefined) return this.#stay;
    const { sim } = this;
    const actor = { name: `${this.name}, stay ${++this.#stays},`, alive: true };
    const skewMs = sim.random.between(-this.clockSkewMs, this.clockSkewMs);
    const clock = { now: () => Math.round(sim.nowMs + skewMs), random: () => sim.random.next() };
    sim.note(`${actor.name} starts`);
    try {
      this.#stay = sim.as(actor, () => {
        const ports = this.#createPorts(this, clock);
        const keeper = new Keeper(ports, this.#limits);
        const record = new LayoutRecord(ports.storage, clock.now);
        return { actor, keeper, record, started: keeper.start(), open: new Set(), isAlarmRunning: false };
      });
    } catch {
      actor.alive = false;
      this.disk.loseWhatIsNotDurable();
    }
    return this.#stay;
  }

  /** Has the alarm go off when it is due. */
  #awaitAlarm(): void {
    const atMs = this.disk.durableAlarmAtMs;
    if (atMs === null || atMs === this.#awaitedAlarmMs) return;
    this.#awaitedAlarmMs = atMs;
    const { sim } = this;
    const lateMs = sim.random.pick([sim.random.between(0, 60), sim.random.between(0, 2_500)]);
    sim.schedule(Math.max(0, atMs - sim.nowMs) + lateMs, () => this.#ring(atMs), sim.world);
  }

  #ring(atMs: number): void {
    const { sim, disk } = this;
    this.#awaitedAlarmMs = undefined;
    if (disk.durableAlarmAtMs !== atMs || this.#stay?.isAlarmRunning) return;
    const stay = this.#ensureStay();
    if (stay === undefined) {
      this.#awaitAlarm();
      return;
    }
    stay.isAlarmRunning = true;
    const run = () =>
      stay.started
        .then(() => {
          disk.clearAlarm();
          return stay.keeper.alarm();
        })
        .catch((error) => sim.violate(`the alarm threw ${error}`))
        .finally(() => {
          stay.isAlarmRunning = false;
          sim.as(sim.world, () => this.#awaitAlarm());
        });
    sim.schedule(0, run, stay.actor);
  }

  /** Whatever is durable and to be published must have a durable alarm that sees to it. */
  #checkAlarm(): void {
    if (this.disk.durableAlarmAtMs !== null || !this.disk.isPending) return;
    this.sim.violate('an event is to be published and no alarm stands');
  }
}
