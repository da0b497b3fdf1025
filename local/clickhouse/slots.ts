import { serverFault } from './faults.ts';

/** What a request holds while the engine works for it. */
export type Slot = { release(): void };

/** From the kind that gets the fewest slots to the one that gets all. */
const KINDS = ['query', 'insert', 'kill'] as const;

export type SlotKind = (typeof KINDS)[number];

type Waiting = { kind: SlotKind; grant: () => void };

const MAX_WAITING = 1000;

/**
 * Lets a bounded number of requests into the engine, first come, first served. Queries get only some of the slots:
 * with all of them taken by slow SELECTs, no insert would get through, and the pipeline would stand still. And KILL
 * gets one that even the inserts do not: what must be ended may be what holds all the others.
 */
export class Slots {
  #free: Record<SlotKind, number>;
  #waiting: Waiting[] = [];

  /** @param most how many requests run at once, of a kind and of the kinds that get fewer slots than it */
  constructor(most: Record<SlotKind, number>) {
    this.#free = { ...most };
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

  /** A slot counts against its kind, and against each that gets more slots. */
  #take(kind: SlotKind): boolean {
    const counted = KINDS.slice(KINDS.indexOf(kind));
    if (counted.some((each) => this.#free[each] === 0)) return false;
    for (const each of counted) this.#free[each]--;
    return true;
  }

  #release(kind: SlotKind): void {
    for (const each of KINDS.slice(KINDS.indexOf(kind))) this.#free[each]++;
    const next = this.#waiting.findIndex((entry) => this.#take(entry.kind));
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.grant();
  }
}
