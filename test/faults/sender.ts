import { setTimeout as pause } from 'node:timers/promises';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Random } from './random.ts';
import { newSession, type Webhook, webhook } from './webhooks.ts';

export type SenderOptions = {
  readonly webhookUrl: string;
  readonly adminToken: string;
  readonly random: Random;
  readonly ratePerSecond: number;
};

type Receipt = { id: string; kind: Kind; duplicate: boolean };

const ANSWER_TIMEOUT_MS = 15_000;
const MAX_OPEN = 40;
const REMEMBERED = 2_000;
const REDELIVERED_SHARE = 0.15;

/**
 * Posts webhooks without end, as Qiscus would, and sends some again: those that were acknowledged, and those where
 * the answer did not come. It keeps the ids that it was promised.
 */
export class Sender {
  /** What was acknowledged: id → kind. */
  readonly acknowledged = new Map<string, Kind>();
  /** What must not have been answered so: each a sentence. */
  readonly violations: string[] = [];
  /** How far its clock is from the true time. */
  clockSkewMs = 0;
  readonly #options: SenderOptions;
  readonly #sent: Webhook[] = [];
  readonly #idOf = new Map<string, string>();
  readonly #open = new Set<Promise<unknown>>();
  #nth = 0;
  #running: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  start(): void {
    const running = new AbortController();
    this.#running = running;
    this.#loop = this.#send(running.signal);
  }

  /** Stops sending, and waits for the answers that are still to come. */
  async pause(): Promise<void> {
    this.#running?.abort();
    await this.#loop;
    await Promise.all(this.#open);
  }

  /** Posts a new webhook. @returns what it was acknowledged as; undefined when it was not */
  async postNew(headers: Record<string, string> = {}): Promise<Receipt | undefined> {
    return this.post(this.next(), headers);
  }

  /** A webhook that was not sent yet. */
  next(): Webhook {
    return webhook(this.#options.random, ++this.#nth, Date.now() + this.clockSkewMs);
  }

  /** A session that was not sent yet, of a time of its own. */
  nextSession(room: number, sentMs: number): Webhook {
    return newSession(room, ++this.#nth, sentMs);
  }

  async post(each: Webhook, headers: Record<string, string> = {}): Promise<Receipt | undefined> {
    this.#sent.push(each);
    if (this.#sent.length > REMEMBERED) this.#sent.shift();
    // As of now: an answer to another copy that comes while this one is under way proves nothing about it.
    const before = this.#idOf.get(each.body);
    const receipt = await this.#request(each, headers);
    if (receipt === undefined) return undefined;
    if (receipt.kind !== each.kind) this.violations.push(`a ${each.kind} was taken for a ${receipt.kind}`);
    if (each.hasIdentity && before !== undefined && before !== receipt.id) {
      this.violations.push(`a redelivered ${each.kind} got another id`);
    }
    if (each.hasIdentity && before !== undefined && !receipt.duplicate) {
      this.violations.push(`a ${each.kind} that was acknowledged before was not known as a duplicate`);
    }
    this.#idOf.set(each.body, receipt.id);
    this.acknowledged.set(receipt.id, receipt.kind);
    return receipt;
  }

  /** Headers that give the time of receipt, as one who imports recorded webhooks would. */
  importHeaders(receivedMs: number): Record<string, string> {
    return {
      authorization: `Bearer ${this.#options.adminToken}`,
      'x-received-at': new Date(receivedMs).toISOString(),
    };
  }

  async #request({ body }: Webhook, headers: Record<string, string>): Promise<Receipt | undefined> {
    try {
      const response = await fetch(this.#options.webhookUrl, {
        method: 'POST',
        body,
        headers,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      const text = await response.text();
      if (response.status === 202) return JSON.parse(text);
      if (response.status !== 503) this.violations.push(`the Worker answered ${response.status}`);
    } catch {
      // No answer: whether it was stored is not known, and nothing was promised.
    }
    return undefined;
  }

  async #send(signal: AbortSignal): Promise<void> {
    const { random, ratePerSecond } = this.#options;
    while (!signal.aborted) {
      if (this.#open.size < MAX_OPEN) {
        const again = this.#sent.length > 0 && random.chance(REDELIVERED_SHARE);
        const posting = this.post(again ? random.pick(this.#sent) : this.next());
        this.#open.add(posting);
        posting.finally(() => this.#open.delete(posting));
      }
      await pause(1_000 / ratePerSecond, undefined, { signal }).catch(() => {});
    }
  }
}
