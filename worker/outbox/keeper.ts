import type { Clock } from '../publish/backoff.ts';
import { publish, type Sender } from '../publish/publisher.ts';
import { Drain } from './drain.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import { type OutboxStatus, statusOf } from './status.ts';
import type { Storage } from './storage.ts';
import { type Appended, type Arrival, type Limits, Store } from './store.ts';

/** The part of a Durable Object's storage that the keeper needs: the store's, durability, and the one alarm. */
export interface DurableStorage extends Storage {
  /** Settles when all that was written before is durable. What one turn writes becomes durable as a whole. */
  sync(): Promise<void>;
  getAlarm(): Promise<number | null>;
  setAlarm(atMs: number): Promise<void>;
}

/** What the keeper needs from outside; all of it can be stood in for when the rules themselves are tested. */
export interface KeeperPorts {
  readonly storage: DurableStorage;
  readonly sender: Sender & { readonly isConnected: boolean };
  readonly clock: Clock;
  readonly report: (event: string, outbox: string | undefined, error: unknown) => void;
}

/** An append whose transaction is still to come. */
interface Waiting {
  readonly arrival: Arrival;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** Something pending is looked after by then, even if the object died right after it was stored. */
const SAFETY_MS = 5_000;
/** Without events for so long, the connection is given up, so that the object can sleep. */
const IDLE_MS = 60_000;
const SET_ASIDE_RETRY_MS = 3_600_000;
const PURGE_EVERY_MS = 3_600_000;

/**
 * The rules of an outbox: an event is answered for once it is durable, goes out only then, and an alarm stands as
 * long as anything is to be published, whatever becomes of the object in between.
 */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #store: Store;
  readonly #drain: Drain;
  #waiting: Waiting[] = [];
  #alarmAtMs: number | undefined;
  #usedAtMs: number;
  #purgedAtMs = 0;

  constructor(ports: KeeperPorts, limits: Limits) {
    const { storage, sender, clock } = ports;
    this.#ports = ports;
    this.#usedAtMs = clock.now();
    this.#store = new Store(storage, limits);
    this.#drain = new Drain({
      store: this.#store,
      publish: async (events) => {
        // An event that went out and was then lost with the storage's last moments would leave its sequence number
        // to another one.
        await storage.sync();
        return publish(sender, events);
      },
      now: clock.now,
      random: clock.random,
    });
  }

  /** To be called once, before anything else. */
  async start(): Promise<void> {
    this.#alarmAtMs = (await this.#ports.storage.getAlarm()) ?? undefined;
    if (this.#store.isPublishable()) await this.#wakeBy(this.#now());
  }

  /** Keeps an event; settles only when it is durable, or was before. Rejects when it could not be stored. */
  append(event: NewEvent, place: Place): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ arrival: { event, place }, resolve, reject });
      // The commit costs, not the call: all appends that arrive until the next turn share one.
      if (this.#waiting.length === 1) setTimeout(() => this.#commit(), 0);
    });
  }

  /** The id under which an event is kept here already; undefined when it is not. */
  async recall(event: Known): Promise<string | undefined> {
    const id = this.#store.recall(event);
    // The answer stands for a 202: what it names must not be lost with the storage's last moments.
    if (id !== undefined) await this.#ports.storage.sync();
    return id;
  }

  /** From now on, nothing is taken from who knows only a layout before this generation; settles when that is durable. */
  async fence(generation: number): Promise<void> {
    this.#store.fence(generation);
    await this.#ports.storage.sync();
  }

  /** The state of this outbox, whose name it may not have learnt yet. */
  status(name: string): OutboxStatus {
    return statusOf(this.#store, name, this.#now());
  }

  /** The alarm went off. Never throws: the platform gives up on an alarm that failed six times, an outbox must not. */
  async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    try {
      this.#store.release(this.#now() - SET_ASIDE_RETRY_MS);
      // Stands again before the work, which may be cut short at any point.
      if (this.#store.isPublishable()) await this.#wakeBy(this.#now() + SAFETY_MS);
      await this.#publish();
    } catch (error) {
      this.#report('alarm-failed', error);
      await this.#wakeBy(this.#now() + SAFETY_MS);
    }
  }

  async #commit(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const arrivals = waiting.map(({ arrival }) => arrival);
      const appended = this.#store.append(arrivals, this.#now());
      if (this.#store.isPublishable()) await this.#wakeBy(this.#now() + SAFETY_MS);
      await this.#ports.storage.sync();
      for (const [index, { resolve }] of waiting.entries()) resolve(appended[index] ?? { outcome: 'full' });
    } catch (error) {
      this.#report('append-failed', error);
      for (const { reject } of waiting) reject(error);
      return;
    }
    await this.#publish().catch((error) => this.#report('publish-failed', error));
  }

  async #publish(): Promise<void> {
    if (this.#store.isPublishable()) this.#usedAtMs = this.#now();
    await this.#drain.run();
    await this.#rest(this.#now());
  }

  /** Sees to what is due later: a retry, an idle connection, what was set aside, ids that are too old. */
  async #rest(now: number): Promise<void> {
    const { sender } = this.#ports;
    const { retryAtMs } = this.#drain;
    if (retryAtMs !== undefined) await this.#wakeBy(retryAtMs);
    if (sender.isConnected && now >= this.#usedAtMs + IDLE_MS) sender.discard();
    if (sender.isConnected) await this.#wakeBy(this.#usedAtMs + IDLE_MS);
    if (this.#store.counters.number('set_aside') > 0) await this.#wakeBy(now + SET_ASIDE_RETRY_MS);
    if (now >= this.#purgedAtMs + PURGE_EVERY_MS) {
      this.#purgedAtMs = now;
      this.#store.purge(now);
    }
  }

  /** Makes an alarm stand at that time or before. */
  async #wakeBy(atMs: number): Promise<void> {
    if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    await this.#ports.storage.setAlarm(atMs);
  }

  #now(): number {
    return this.#ports.clock.now();
  }

  #report(event: string, error: unknown): void {
    this.#ports.report(event, this.#store.counters.text('outbox'), error);
  }
}
