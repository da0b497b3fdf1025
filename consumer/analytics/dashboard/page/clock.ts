/** Does something now and then again and again, while somebody can see the page and has not paused it. */
export class Clock {
  readonly #tick: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;

  constructor(everyMs: number, tick: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#tick = tick;
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#stop() : this.#resume()));
  }

  /** Does it now; the next time is a whole interval later. */
  now(): void {
    this.#stop();
    // One that takes long is waited for: two never run side by side.
    void this.#tick().finally(() => this.#wait());
  }

  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    if (isPaused) this.#stop();
    else this.now();
  }

  #resume(): void {
    if (!this.#isPaused) this.now();
  }

  #stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#stop();
    if (!this.#isPaused && !document.hidden) this.#timer = setTimeout(() => this.now(), this.#everyMs);
  }
}
