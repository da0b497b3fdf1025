/** Longer than any silence of a kafkajs that lives: its retries, time-outs and restarts each take less. */
const SILENCE_MS = 90_000;
/** Longer than a member of the group is silent while Kafka answers: its heartbeats and fetches are closer together. */
const UNANSWERED_MS = 5_000;

export type Life = { readonly alive: true } | { readonly alive: false; readonly reason: string };

/**
 * Whether the Kafka consumer in this process lives. kafkajs can end, or hang, in a process that otherwise goes on
 * (its issue 1443): the process would look healthy and read nothing. An outage of Kafka is not that: kafkajs goes
 * on trying, and each try is a sign of life.
 */
export class Liveness {
  readonly #nowMs: () => number;
  #signMs: number;
  #death: string | undefined;
  #isJoined = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#signMs = nowMs();
  }

  sign(): void {
    this.#signMs = this.#nowMs();
  }

  joined(): void {
    this.#isJoined = true;
    this.sign();
  }

  left(): void {
    this.#isJoined = false;
  }

  died(reason: string): void {
    this.#death ??= reason;
  }

  /** Whether the consumer is in its group, and Kafka answers it. */
  get isJoined(): boolean {
    return this.#isJoined && this.#silentMs() <= UNANSWERED_MS;
  }

  check(): Life {
    if (this.#death !== undefined) return { alive: false, reason: this.#death };
    const silentMs = this.#silentMs();
    if (silentMs <= SILENCE_MS) return { alive: true };
    return {
      alive: false,
      reason: `no sign of life from the Kafka consumer for ${Math.round(silentMs / 1_000)} s`,
    };
  }

  #silentMs(): number {
    return this.#nowMs() - this.#signMs;
  }
}
