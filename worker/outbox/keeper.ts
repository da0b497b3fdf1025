import type { Clock } from '../publish/backoff.ts';
import { publish, type Sender } from '../publish/publisher.ts';
import { Alarm } from './alarm.ts';
import { Drain } from './drain.ts';
import type { ErasedPart, ErasePart } from './erase.ts';
import type { Appended } from './group.ts';
import { GroupCommit } from './group-commit.ts';
import type { Known, NewEvent, Place } from './new-event.ts';
import { type OutboxStatus, statusOf } from './status.ts';
import type { Storage } from './storage.ts';
import { type Limits, Store } from './store.ts';

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

/** Something pending is looked after by then, even if the object died right after it was stored. */
const SAFETY_MS = 5_000;
/** Without events for so long, the connection is given up, so that the object can sleep. */
const IDLE_MS = 60_000;
const SET_ASIDE_RETRY_MS = 3_600_000;
const PURGE_EVERY_MS = 3_600_000;
/** A purge is done in parts, each short; webhooks are answered between them. */
const PURGE_MORE_MS = 100;

/**
 * The rules of an outbox: an event is answered for once it is durable, goes out only then, and an alarm stands as
 * long as anything is to be published, whatever becomes of the object in between.
 */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #store: Store;
  readonly #drain: Drain;
  readonly #alarm: Alarm;
  readonly #commits: GroupCommit;
  #isWorking = false;
  #hasMore = false;
  #usedAtMs: number;
  #purgeAtMs = 0;

  constructor(ports: KeeperPorts, limits: Limits) {
    const { storage, sender, clock } = ports;
    this.#ports = ports;
    this.#usedAtMs = clock.now();
    this.#alarm = new Alarm(storage, clock.now);
    this.#store = new Store(storage, limits);
    this.#commits = new GroupCommit({
      keep: (group) => this.#store.append(group, this.#now()),
      secure: () => this.#secure(),
      onDurable: () => void this.#work(),
      report: (event, error) => this.#report(event, error),
    });
    this.#drain = new Drain({
      store: this.#store,
      publish: async (events) => {
        this.#usedAtMs = clock.now();
        return publish(sender, events);
      },
      now: clock.now,
      random: clock.random,
    });
  }

  /** To be called once, before anything else. */
  async start(): Promise<void> {
    await this.#alarm.start();
    if (this.#store.isPublishable()) await this.#alarm.by(this.#now());
  }

  /** Keeps an event; settles only when it is durable, or was before. Rejects when it could not be stored. */
  append(event: NewEvent, place: Place): Promise<Appended> {
    return this.#commits.append({ event, place });
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

  /** Takes a person out of a part of what waits; settles when that is durable. */
  async erase(part: ErasePart): Promise<ErasedPart> {
    const ending = this.#store.erase(part);
    await this.#ports.storage.sync();
    return ending;
  }

  /** The state of this outbox, whose name it may not have learnt yet. */
  status(name: string): OutboxStatus {
    return statusOf(this.#store, name, this.#now());
  }

  /** The alarm went off. Never throws: the platform gives up on an alarm that failed six times, an outbox must not. */
  async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      // Within the turn in which the alarm is gone: what is durable then knows what is left to publish.
      this.#store.flush();
      this.#store.release(this.#now() - SET_ASIDE_RETRY_MS);
      // Stands again before the work, which may be cut short at any point.
      if (this.#store.isPublishable()) await this.#alarm.by(this.#now() + SAFETY_MS);
      await this.#drain.run();
      await this.#rest(this.#now());
    } catch (error) {
      this.#report('alarm-failed', error);
      await this.#alarm.by(this.#now() + SAFETY_MS);
    }
  }

  /**
   * What is stored is looked after from the moment on at which it is durable. Only then may it be published: an event
   * that went out and was then lost with the storage's last moments would leave its sequence number to another one.
   */
  async #secure(): Promise<void> {
    const sequence = this.#store.counters.number('last_sequence');
    if (this.#store.isPublishable()) await this.#alarm.by(this.#now() + SAFETY_MS);
    await this.#ports.storage.sync();
    this.#store.confirm(sequence);
  }

  /** Publishes in slices, with the other work between them, for as long as more becomes durable; joins what runs. */
  async #work(): Promise<void> {
    this.#hasMore = true;
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (this.#hasMore) {
        this.#hasMore = false;
        await this.#drain.run();
        await this.#rest(this.#now());
      }
    } catch (error) {
      this.#report('publish-failed', error);
    } finally {
      this.#isWorking = false;
    }
  }

  /** Sees to what is due later: a retry, an idle connection, what was set aside, ids that are too old. */
  async #rest(now: number): Promise<void> {
    const { sender } = this.#ports;
    const { retryAtMs, isCutShort } = this.#drain;
    this.#store.flush();
    if (isCutShort) await this.#alarm.by(now);
    if (retryAtMs !== undefined) await this.#alarm.by(retryAtMs);
    if (sender.isConnected && now >= this.#usedAtMs + IDLE_MS) sender.discard();
    if (sender.isConnected) await this.#alarm.by(this.#usedAtMs + IDLE_MS);
    if (this.#store.counters.number('set_aside') > 0) await this.#alarm.by(now + SET_ASIDE_RETRY_MS);
    if (now >= this.#purgeAtMs || this.#store.hasTooManyIds) await this.#purge(now);
  }

  async #purge(now: number): Promise<void> {
    const wereAllRemembered = this.#store.remembersSinceMs(now) === undefined;
    const hasMore = this.#store.purge(now);
    if (wereAllRemembered && this.#store.remembersSinceMs(now) !== undefined) {
      this.#report('ids-forgotten-early', undefined);
    }
    this.#purgeAtMs = now + (hasMore ? PURGE_MORE_MS : PURGE_EVERY_MS);
    if (hasMore) await this.#alarm.by(this.#purgeAtMs);
  }

  #now(): number {
    return this.#ports.clock.now();
  }

  #report(event: string, error: unknown): void {
    this.#ports.report(event, this.#store.counters.text('outbox'), error);
  }
}
