export interface KeptOptions {
  readonly most: number;
  readonly mostBytes: number;
  /** A monotonic clock. */
  readonly nowMs: () => number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
  readonly untilMs: number;
  /** How often it was asked for. */
  asked: number;
}

const SWEEP_MS = 5_000;

/**
 * Keeps values for a while, within a number and a size. What is asked for least makes room first, the oldest among
 * those, so that ten thousand questions that each come once push out each other, and not what many look at. What has
 * expired leaves, also while nobody asks.
 */
export class Kept<Value> {
  readonly #options: KeptOptions;
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.untilMs <= this.#options.nowMs()) return undefined;
    entry.asked++;
    return entry.value;
  }

  /** One that would take a quarter of the room by itself is not kept. */
  put(key: string, value: Value, { bytes, forMs }: { bytes: number; forMs: number }): void {
    const { most, mostBytes, nowMs } = this.#options;
    this.#delete(key);
    this.#dropExpired();
    if (bytes > mostBytes / 4) return;
    while (this.#entries.size >= most || this.#bytes + bytes > mostBytes) this.#dropLeastAsked();
    this.#entries.set(key, { value, bytes, untilMs: nowMs() + forMs, asked: 0 });
    this.#bytes += bytes;
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#sweep !== undefined || this.#entries.size === 0) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      this.#dropExpired();
      this.#sweepLater();
    }, SWEEP_MS).unref();
  }

  #dropExpired(): void {
    const nowMs = this.#options.nowMs();
    for (const [key, { untilMs }] of this.#entries) if (untilMs <= nowMs) this.#delete(key);
  }

  #dropLeastAsked(): void {
    let least: string | undefined;
    let asked = Number.POSITIVE_INFINITY;
    // In the order in which they came.
    for (const [key, entry] of this.#entries) {
      if (entry.asked >= asked) continue;
      least = key;
      asked = entry.asked;
    }
    if (least !== undefined) this.#delete(least);
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
