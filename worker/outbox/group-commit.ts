import type { Appended, Arrival } from './group.ts';

/** What committing needs from outside. */
export interface CommitPorts {
  /** Stores a group in one transaction, all of it or none. */
  readonly keep: (group: readonly Arrival[]) => Appended[];
  /** Settles when all that was stored is durable, and looked after; begins in the turn in which it was stored. */
  readonly secure: () => Promise<void>;
  /** Something new is durable. */
  readonly onDurable: () => void;
  readonly report: (event: string, error: unknown) => void;
}

/** An append whose commit is still to come. */
interface Waiting {
  readonly arrival: Arrival;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** The most that one transaction stores. */
const GROUP = { events: 500, bytes: 2_000_000 };
/** Beyond so many characters that wait for a disk which does not answer, memory is at stake: senders come again. */
const MOST_WAITING = 16_000_000;

/**
 * Stores appends in groups: one commit at a time, and the next takes what arrived meanwhile. So a group is as large as
 * the commit is slow, and a lone event waits for nobody.
 */
export class GroupCommit {
  readonly #ports: CommitPorts;
  readonly #waiting: Waiting[] = [];
  #waitingSize = 0;
  #isRunning = false;

  constructor(ports: CommitPorts) {
    this.#ports = ports;
  }

  /** Settles only when the event is durable, or was before. Rejects when it could not be stored. */
  append(arrival: Arrival): Promise<Appended> {
    const size = arrival.event.payload.length;
    if (this.#waitingSize + size > MOST_WAITING) return Promise.resolve({ outcome: 'full' });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ arrival, resolve, reject });
      this.#waitingSize += size;
      if (this.#isRunning) return;
      this.#isRunning = true;
      void this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commit(this.#nextGroup());
    }
    this.#isRunning = false;
  }

  /** Waits as long as each turn brings more: what is under way to this outbox shares the commit. */
  async #gather(): Promise<void> {
    for (let count = 0; count < this.#waiting.length && count < GROUP.events; ) {
      count = this.#waiting.length;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { secure, onDurable, report } = this.#ports;
    const kept = this.#keep(group);
    try {
      if (kept.length > 0) await secure();
      for (const { waiting, appended } of kept) waiting.resolve(appended);
    } catch (error) {
      report('append-failed', error);
      for (const { waiting } of kept) waiting.reject(error);
      return;
    }
    if (kept.length > 0) onDurable();
  }

  /** Stores a group; where that fails, each by itself, so that what SQLite refuses fails alone. */
  #keep(group: readonly Waiting[]): { waiting: Waiting; appended: Appended }[] {
    try {
      const appended = this.#ports.keep(group.map(({ arrival }) => arrival));
      return group.map((waiting, at) => ({ waiting, appended: appended[at] ?? { outcome: 'full' } }));
    } catch (error) {
      if (group.length > 1) return group.flatMap((each) => this.#keep([each]));
      this.#ports.report('append-failed', error);
      for (const { reject } of group) reject(error);
      return [];
    }
  }

  #nextGroup(): Waiting[] {
    let [events, size] = [0, 0];
    for (const { arrival } of this.#waiting) {
      size += arrival.event.payload.length;
      if (events === GROUP.events || (events > 0 && size > GROUP.bytes)) break;
      events++;
    }
    const group = this.#waiting.splice(0, events);
    this.#waitingSize -= group.reduce((sum, { arrival }) => sum + arrival.event.payload.length, 0);
    return group;
  }
}
