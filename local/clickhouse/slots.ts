import { serverFault } from './faults.ts';

/** What a request holds while the engine works for it. */
export type Slot = { release(): void };

export type SlotKind = 'query' | 'insert';

type Waiting = { kind: SlotKind; grant: () => void };

const MAX_WAITING = 1000;

/**
 * Lets a bounded number of requests into the engine, first come, first served. Queries get only some of the slots:
 * with all of them taken by slow SELECTs, no insert would get through, and the pipeline would stand still.
 */
export class Slots {
  #free: Record<SlotKind, number>;
  #waiting: Waiting[] = [];

  /** @param total how many requests run at once; @param forQueries how many of them may be no inserts */
  constructor({ total, forQueries }: { total: number; forQueries: number }) {
    this.#free = { insert: total, query: forQueries };
  }

  /**
   * Waits for a slot. It must be released.
   * @throws EngineFault 202 when too many wait already; the signal's reason when it fires first
   */
  async acquire(kind: SlotKind, signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    if (!this.#take(kind)) await this.#queue(kind, signal);
    return { release: () => this.#release(kind) };
  }

  #queue(kind: SlotKind, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw serverFault('tooManyQueries', `Too many simultaneous queries: ${MAX_WAITING} wait already`);
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      const grant = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const entry: Waiting = { kind, grant };
      this.#waiting.push(entry);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Every slot counts against the total, which the inserts may use up; a query's also against the queries'. */
  #take(kind: SlotKind): boolean {
    if (this.#free.insert === 0 || this.#free[kind] === 0) return false;
    this.#free.insert--;
    if (kind === 'query') this.#free.query--;
    return true;
  }

  #release(kind: SlotKind): void {
    this.#free.insert++;
    if (kind === 'query') this.#free.query++;
    const next = this.#waiting.findIndex((entry) => this.#take(entry.kind));
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.grant();
  }
}
