const FIRST_MS = 200;
const CAP_MS = 5_000;

/** The passing of time and chance, given from outside so that a test can hold both. */
export interface Clock {
  readonly now: () => number;
  readonly random: () => number;
}

/** When to try again what keeps failing. */
export class Backoff {
  readonly #clock: Clock;
  #failures = 0;
  untilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isWaiting(): boolean {
    return this.#clock.now() < this.untilMs;
  }

  /** Waits twice as long as the last time, up to the cap. */
  fail(): void {
    this.#failures++;
    this.untilMs = this.#clock.now() + backoffMs(this.#failures, this.#clock.random());
  }

  succeed(): void {
    this.#failures = 0;
    this.untilMs = 0;
  }
}

/**
 * How long to wait after the nth failure in a row: doubled each time up to the cap, less up to a half by chance
 * (0 to 1), so that outboxes which failed together do not come back together.
 */
export function backoffMs(failures: number, chance: number): number {
  const full = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(full * (1 - chance / 2));
}
