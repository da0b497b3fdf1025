import type { DurableStorage } from './keeper.ts';

/** An alarm may be late; one that is later still has been lost. */
const LOST_AFTER_MS = 10_000;

/**
 * The one alarm of an object: knows when it goes off, and sets it only where it does not stand early enough.
 * A time that is long past is not trusted: such an alarm never goes off by itself.
 */
export class Alarm {
  readonly #storage: Pick<DurableStorage, 'getAlarm' | 'setAlarm'>;
  readonly #now: () => number;
  #standsAtMs: number | undefined;
  #setting: Promise<void> = Promise.resolve();

  constructor(storage: Pick<DurableStorage, 'getAlarm' | 'setAlarm'>, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Learns what stands since an earlier stay; to be called once, before anything else. */
  async start(): Promise<void> {
    this.#standsAtMs = (await this.#storage.getAlarm()) ?? undefined;
  }

  /** It went off, and stands no more. */
  rang(): void {
    this.#standsAtMs = undefined;
  }

  /**
   * Makes it go off at that time, milliseconds since 1970, or before. It is set within the caller's turn, so that it
   * becomes durable with what was written there. Rejects when it could not be set; then the next call tries again.
   */
  by(atMs: number): Promise<void> {
    const standsAtMs = this.#standsAtMs;
    const nowMs = this.#now();
    const isLost = standsAtMs !== undefined && standsAtMs + LOST_AFTER_MS < nowMs;
    if (standsAtMs !== undefined && standsAtMs <= atMs && !isLost) return this.#setting;
    // What the lost one was for is due.
    const dueMs = isLost ? Math.min(atMs, nowMs) : atMs;
    this.#standsAtMs = dueMs;
    this.#setting = this.#set(dueMs);
    return this.#setting;
  }

  async #set(atMs: number): Promise<void> {
    try {
      await this.#storage.setAlarm(atMs);
    } catch (error) {
      if (this.#standsAtMs === atMs) this.#standsAtMs = undefined;
      this.#setting = Promise.resolve();
      throw error;
    }
  }
}
