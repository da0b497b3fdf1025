import { identify, RETRY_WINDOW_MS, shardKeyOf } from '../../../schemas/identify.ts';
import type { Recognized } from '../../../schemas/recognize.ts';
import type { Admitted } from '../../../worker/admit/admit.ts';
import type { Stored } from '../../../worker/outbox/client.ts';
import type { NewEvent } from '../../../worker/outbox/new-event.ts';
import type { Actor } from './actor.ts';
import type { Simulation } from './simulation.ts';

/** A webhook that was answered with 202. */
export interface Acknowledged {
  readonly id: string;
  readonly subject: string;
  readonly kind: string;
  readonly acknowledgedAtMs: number;
}

/** Something that happened at the vendor's, and is told as often as the vendor likes. */
interface Happening {
  readonly recognized: Recognized;
  readonly body: string;
  /** How it was answered when it was taken as new. */
  readonly taken: { readonly id: string; readonly receivedMs: number }[];
  /** Posts of it that are on their way. */
  posts: number;
}

type Kept = Extract<Stored, { outcome: 'stored' }>;

const ROOMS = ['11', '12', '13'];

/** The vendor, and the edge as far as it admits: posts, gives up or posts again, and redelivers what was answered. */
export class Vendor {
  readonly actor: Actor = { name: 'vendor', alive: true };
  readonly acknowledged: Acknowledged[] = [];
  /** When an id was first sent, answered or not. */
  readonly firstSentMs = new Map<string, number>();
  readonly #sim: Simulation;
  readonly #store: (admitted: Admitted) => Promise<Stored>;
  #open = 0;
  #made = 0;
  /** A body of so many bytes is more than the broker takes. */
  hugeBytes = 0;

  constructor(sim: Simulation, store: (admitted: Admitted) => Promise<Stored>) {
    this.#sim = sim;
    this.#store = store;
  }

  /** Whether nothing more will be posted. */
  get isDone(): boolean {
    return this.#open === 0;
  }

  /** Posts events at random moments of a time, often several at once. */
  postWithin(events: number, durationMs: number): void {
    const { random } = this.#sim;
    let atMs = 0;
    for (let count = 0; count < events; count++) {
      if (random.chance(0.6)) atMs = random.between(0, durationMs);
      const happening = this.#happening();
      this.#open++;
      this.#sim.schedule(atMs, () => this.#tell(happening).finally(() => this.#open--), this.actor);
    }
  }

  #happening(): Happening {
    const { random } = this.#sim;
    const number = ++this.#made;
    const subject = random.pick(ROOMS);
    const text = 'x'.repeat(random.chance(0.1) ? this.hugeBytes : random.integer(0, 60));
    const body = JSON.stringify({ number, text });
    if (random.chance(0.1))
      return { recognized: { kind: 'unrecognized', problems: [] }, body, taken: [], posts: 0 };
    const kind = random.pick(['session', 'message', 'message', 'custom-button'] as const);
    const identity = kind === 'custom-button' ? undefined : [String(number)];
    return { recognized: { kind, identity, subject, times: [] }, body, taken: [], posts: 0 };
  }

  async #tell(happening: Happening): Promise<void> {
    const { random } = this.#sim;
    for (let tries = 1; ; tries++) {
      // A sender that hears nothing in time posts again while the first is still on its way.
      happening.posts = random.chance(0.2) ? 2 : 1;
      const posts = Array.from({ length: happening.posts }, () => this.#post(happening));
      const isTaken = (await Promise.all(posts)).includes(true);
      // Who was answered may not have heard it; who was not may never try again.
      if (!random.chance(isTaken ? 0.25 : 0.8) || tries === 6) return;
      await this.#sim.sleep(random.pick([random.between(0, 50), random.between(0, 15_000)]));
    }
  }

  async #post(happening: Happening): Promise<boolean> {
    const sim = this.#sim;
    const { recognized, body } = happening;
    const sentAtMs = sim.nowMs;
    // The edge is many machines, whose clocks do not quite agree.
    const receivedMs = Math.round(sentAtMs + sim.random.between(-500, 500));
    const ids = identify({ app: 'demo', recognized, body, receivedMs });
    const { id, retryOf } = ids;
    const { kind } = recognized;
    const subject = recognized.kind === 'unrecognized' ? id : recognized.subject;
    const event: NewEvent = {
      id,
      retryOf,
      app: 'demo',
      kind,
      subject,
      occurredMs: receivedMs,
      receivedMs,
      payload: body,
      traceparent: undefined,
    };
    if (!this.firstSentMs.has(id)) this.firstSentMs.set(id, sentAtMs);
    const shardKey = shardKeyOf(kind, subject, ids);
    const stored = await this.#store({ outcome: 'admitted', event, shardKey, problems: [] });
    if (stored.outcome !== 'stored') return false;
    this.#check(happening, event, stored);
    this.acknowledged.push({ id: stored.id, subject, kind, acknowledgedAtMs: sim.nowMs });
    return true;
  }

  /** A post is answered for itself, or for the one that it repeats. */
  #check({ taken, posts }: Happening, event: NewEvent, { id, duplicate }: Kept): void {
    const { id: ownId, retryOf, receivedMs } = event;
    if (![ownId, ...(retryOf?.ids ?? [])].includes(id))
      this.#sim.violate(`${ownId} was answered with a strange id`);
    const near = taken.filter((first) => Math.abs(receivedMs - first.receivedMs) < RETRY_WINDOW_MS);
    // Of two at once, the one may repeat the other, whose own answer has not been heard yet.
    const mayRepeatUnheard = duplicate && posts > 1;
    if (near.length > 0 && near.every((first) => first.id !== id) && !mayRepeatUnheard) {
      this.#sim.violate(`${id} is a retry of ${near[0]?.id} and was taken as new`);
    }
    if (!duplicate) taken.push({ id, receivedMs });
  }
}
