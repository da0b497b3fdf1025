import type { Actor, Timer } from './actor.ts';
import { Random } from './random.ts';
import { TaskQueue } from './task-queue.ts';

/** A guarantee was broken; the message says which. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

// Beyond that many steps a schedule goes round for ever.
const MAX_STEPS = 200_000;
const TRACE_LINES = 400;

/**
 * One run of a simulated world: virtual time, chance from a seed, and steps one after the other. A step runs to its
 * end, with all the promise continuations that it sets off, before the next one begins: so the same seed gives the
 * same run, and a program can die between any two of its awaits that wait for something, and nowhere else.
 */
export class Simulation {
  readonly random: Random;
  /** Everything outside the programs under test: networks, disks, servers, people. */
  readonly world: Actor = { name: 'world', alive: true };
  readonly trace: string[] = [];
  nowMs = Date.UTC(2026, 10, 2, 8);
  steps = 0;
  current: Actor | undefined;
  /** Called before each step; may kill. */
  beforeStep: (() => void) | undefined;
  readonly #queue = new TaskQueue();
  #violation: Violation | undefined;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  /** Has work done after a while, as part of an actor: by default the one whose step this is. */
  schedule(delayMs: number, work: () => void, actor = this.current ?? this.world): Timer {
    const timer = { cancelled: false };
    this.#queue.push({ atMs: this.nowMs + Math.max(0, delayMs), actor, work, timer });
    return timer;
  }

  /** Has work of an actor done now, and what that schedules belong to it. */
  as<T>(actor: Actor, work: () => T): T {
    const before = this.current;
    this.current = actor;
    try {
      return work();
    } finally {
      this.current = before;
    }
  }

  /**
   * A call from the current actor to something outside it: the work is done after a while, whether or not the caller
   * still lives, and its result comes back after another while, if the caller does.
   */
  call<T>(thereMs: number, backMs: number, work: () => T): Promise<T> {
    const caller = this.current ?? this.world;
    return new Promise((resolve, reject) => {
      const attempt = () => {
        try {
          const result = work();
          this.schedule(backMs, () => resolve(result), caller);
        } catch (error) {
          this.schedule(backMs, () => reject(error), caller);
        }
      };
      this.schedule(thereMs, attempt, this.world);
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }

  note(line: string): void {
    this.trace.push(`${(this.nowMs % 3_600_000).toFixed(1).padStart(10)} ${line}`);
    if (this.trace.length > TRACE_LINES) this.trace.shift();
  }

  /** Ends the run: a guarantee was broken. */
  violate(what: string): void {
    this.note(`VIOLATION ${what}`);
    this.#violation ??= new Violation(what);
  }

  /** Runs until the world says that it is over. @throws Violation */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        // What happens outside a step, such as the test runner's own work, is no part of the world.
        this.current = undefined;
        if (this.#violation !== undefined) return reject(this.#violation);
        if (isOver()) return resolve();
        if (this.steps >= MAX_STEPS) return reject(new Violation(`still busy after ${MAX_STEPS} steps`));
        // Both wait in one phase of the event loop: between them only promise continuations of the step run.
        setImmediate(() => this.#step());
        setImmediate(step);
      };
      step();
    });
  }

  #step(): void {
    this.steps++;
    this.beforeStep?.();
    const task = this.#queue.pop();
    if (task === undefined) {
      this.violate('nothing is left to happen, and it is not over');
      return;
    }
    this.nowMs = Math.max(this.nowMs, task.atMs);
    if (!task.actor.alive || task.timer.cancelled) return;
    const { stalledUntilMs = 0 } = task.actor;
    if (stalledUntilMs > this.nowMs) {
      this.#queue.push({ ...task, atMs: stalledUntilMs });
      return;
    }
    this.current = task.actor;
    task.work();
  }
}
