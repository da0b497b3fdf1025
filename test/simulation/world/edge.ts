import type { Admitted } from '../../../worker/admit/admit.ts';
import { type Outboxes, type Stored, store } from '../../../worker/outbox/client.ts';
import { KnownLayouts } from '../../../worker/outbox/layout/known-layouts.ts';
import type { Simulation } from './simulation.ts';
import { repeat } from './weather.ts';

/** Numbers of shards that the Worker is started with. */
const SHARDS = [1, 2, 3];
/** Isolates that run at a time; each has its own idea of the layout. */
const MOST_ISOLATES = 3;
const DEDUP_MS = 30 * 86_400_000;

/** The Worker's isolates before the outboxes: new ones come, with other settings too, and old ones work on for a while. */
export class Edge {
  readonly #sim: Simulation;
  readonly #objects: Pick<Outboxes, 'outboxes' | 'records'>;
  #shards: number;
  #isolates: KnownLayouts[] = [];

  constructor(sim: Simulation, objects: Pick<Outboxes, 'outboxes' | 'records'>) {
    this.#sim = sim;
    this.#objects = objects;
    this.#shards = sim.random.pick(SHARDS);
    this.#start();
  }

  /** Starts isolates now and then until a time, in some worlds with another number of shards. */
  deployUntil(untilMs: number): void {
    const { random } = this.#sim;
    const changes = random.pick([0, 0.5]);
    repeat(this.#sim, random.pick([Infinity, 10_000, 1_000, 100]), untilMs, () => this.deploy(changes));
  }

  /**
   * Starts an isolate.
   * @param changes the chance that it has another number of shards, or may
   */
  deploy(changes: number): void {
    const { random } = this.#sim;
    if (random.chance(changes)) this.#shards = random.pick(SHARDS);
    this.#start();
  }

  /** Stores a webhook by whichever isolate it reaches. */
  store(admitted: Admitted): Promise<Stored> {
    const layouts = this.#sim.random.pick(this.#isolates);
    return store({ ...this.#objects, layouts, dedupMs: DEDUP_MS }, admitted);
  }

  #start(): void {
    this.#sim.note(`an isolate starts with ${this.#shards} shards`);
    this.#isolates = [...this.#isolates, new KnownLayouts(this.#shards)].slice(-MOST_ISOLATES);
  }
}
