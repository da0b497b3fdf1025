import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** ClickHouse gives no sign of life: it hangs, or its host is out of reach. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export interface PulseDeps {
  /** Whether ClickHouse answers at all; false when the signal fires first. Must not wait behind its queries. */
  readonly ping: (signal: AbortSignal) => Promise<boolean>;
  /** A monotonic clock. */
  readonly nowMs: () => number;
}

// Whoever asks is told within three seconds. Two pings, so that a moment in which this process itself stood still
// counts against one of them alone.
const EVERY_MS = 300;
const PINGS = 2;
const PING_MS = 1_100;
// So long, who asks next is told at once: a page asks in several rounds, and each would wait anew.
const REMEMBERED_MS = 2_000;

/**
 * Tells a ClickHouse that hangs from one that works long: while anything is asked, it is pinged, and only when two
 * pings in a row do not come back are the questions given up. How long a question takes is of no matter here.
 */
export class Pulse {
  readonly #ping: PulseDeps['ping'];
  readonly #nowMs: PulseDeps['nowMs'];
  readonly #asking = new Set<(error: NoAnswerError) => void>();
  #lostMs = Number.NEGATIVE_INFINITY;
  #isWatching = false;

  constructor({ ping, nowMs }: PulseDeps) {
    this.#ping = ping;
    this.#nowMs = nowMs;
  }

  /**
   * Does a task while ClickHouse lives. The signal fires when it does not, and the task must end then.
   * @throws NoAnswerError without waiting for the task; what the task throws
   */
  during<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#nowMs() - this.#lostMs < REMEMBERED_MS) return Promise.reject(silence());
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const abort = new AbortController();
    const giveUp = (error: NoAnswerError) => {
      reject(error);
      abort.abort(error);
    };
    this.#asking.add(giveUp);
    if (!this.#isWatching) void this.#watch();
    return Promise.race([task(abort.signal), lost]).finally(() => this.#asking.delete(giveUp));
  }

  async #watch(): Promise<void> {
    this.#isWatching = true;
    do await pause(EVERY_MS);
    while (this.#asking.size > 0 && (await this.#isAlive()));
    this.#isWatching = false;
    if (this.#asking.size === 0) return;
    this.#lostMs = this.#nowMs();
    for (const giveUp of this.#asking) giveUp(silence());
  }

  async #isAlive(): Promise<boolean> {
    for (let ping = 0; ping < PINGS; ping++) {
      const lapse = AbortSignal.timeout(PING_MS);
      if (await this.#ping(lapse)) return true;
      // A refused one comes back at once, while ClickHouse may be starting again.
      if (!lapse.aborted) await once(lapse, 'abort');
    }
    return false;
  }
}

function silence(): NoAnswerError {
  return new NoAnswerError('ClickHouse does not answer');
}
