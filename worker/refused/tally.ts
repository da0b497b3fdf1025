import type { Refusal } from '../admit/admit.ts';

/** Why a webhook was refused: 401, 413, 415, 400 and 400, in the order of `Refusal`. */
export type Reason = Refusal['outcome'];

/** How often an app's webhooks were refused for a reason. */
export interface Count {
  /** One of the settings' apps, or `UNKNOWN_APP`. */
  readonly app: string;
  readonly reason: Reason;
  readonly count: number;
}

/** Stands for every name that is no app of ours, and is itself none: strangers must not choose what is kept. */
export const UNKNOWN_APP = '(unknown)';

/** Where counts are kept for good. */
export interface Ledger {
  /** Settles when they are durable. */
  add(counts: readonly Count[]): Promise<void>;
}

/** So long counts gather before they are handed over: a flood of refusals costs one write in that time. */
const GATHER_MS = 1_000;
/** A hand-over that has not begun by then was ended with its request: the next refusal arranges another. */
const OVERDUE_MS = 10_000;

/**
 * Counts refused webhooks in this isolate's memory, and hands the counts over now and then. What an isolate counted in
 * the last second before its end is lost.
 */
export class Tally {
  readonly #apps: ReadonlySet<string>;
  readonly #now: () => number;
  #counts = new Map<string, Count>();
  #arrangedMs = Number.NEGATIVE_INFINITY;

  constructor(apps: readonly string[], now: () => number = Date.now) {
    this.#apps = new Set(apps);
    this.#now = now;
  }

  /**
   * Counts one refusal; for a name that is no app by the same steps as for one that is, so that the time of the
   * answer does not tell them apart.
   * @returns whether the caller is the one to have the counts handed over soon
   */
  note(app: string, reason: Reason): boolean {
    this.#add({ app: this.#apps.has(app) ? app : UNKNOWN_APP, reason, count: 1 });
    if (this.#now() < this.#arrangedMs + OVERDUE_MS) return false;
    this.#arrangedMs = this.#now();
    return true;
  }

  /** Lets counts gather, then hands them over. Never rejects: what could not be handed over stays here. */
  async handOverSoon(ledger: Ledger): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    this.#arrangedMs = Number.NEGATIVE_INFINITY;
    await this.handOver(ledger).catch((error) =>
      console.warn(
        JSON.stringify({
          level: 'warn',
          event: 'refusals-not-counted-yet',
          error: error instanceof Error ? error.name : 'unknown',
        }),
      ),
    );
  }

  /** Hands over what was counted until now. Rejects when that is not known to be kept, and counts it the next time. */
  async handOver(ledger: Ledger): Promise<void> {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    if (counts.length === 0) return;
    try {
      await ledger.add(counts);
    } catch (error) {
      for (const count of counts) this.#add(count);
      throw error;
    }
  }

  #add({ app, reason, count }: Count): void {
    const key = `${app} ${reason}`;
    this.#counts.set(key, { app, reason, count: count + (this.#counts.get(key)?.count ?? 0) });
  }
}
