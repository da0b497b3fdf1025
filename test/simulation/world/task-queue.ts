import type { Actor, Timer } from './actor.ts';

/** Something that an actor is to do at a time. */
export interface Task {
  readonly atMs: number;
  readonly actor: Actor;
  readonly work: () => void;
  readonly timer: Timer;
}

interface Entry {
  readonly task: Task;
  /** Of tasks for the same time, the one that was put in first comes first. */
  readonly order: number;
}

/** Tasks by their time: a binary heap. */
export class TaskQueue {
  readonly #heap: Entry[] = [];
  #order = 0;

  push(task: Task): void {
    const entry = { task, order: this.#order++ };
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = this.#heap[up];
      if (above === undefined || !isBefore(entry, above)) break;
      this.#heap[at] = above;
      at = up;
    }
    this.#heap[at] = entry;
  }

  /** The next task, taken out. */
  pop(): Task | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first !== undefined && last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first?.task;
  }

  #sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      const next = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (next === undefined || !isBefore(next, entry)) break;
      this.#heap[at] = next;
      at = next === right ? 2 * at + 2 : 2 * at + 1;
    }
    this.#heap[at] = entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.task.atMs < other.task.atMs || (one.task.atMs === other.task.atMs && one.order < other.order);
}
