import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { Backoff } from '../publish/backoff.ts';
import type { Published } from '../publish/publisher.ts';
import type { Batch } from './outgoing.ts';
import type { Store } from './store.ts';

/** What draining needs from outside; all of it can be stood in for when the rules themselves are tested. */
export interface DrainPorts {
  readonly store: Store;
  readonly publish: (events: readonly StreamEvent[]) => Promise<Published>;
  readonly now: () => number;
  readonly random: () => number;
}

/** How much is published at once; one larger event goes alone. Kafka's own limit is 1 MB for a topic partition. */
const BATCH = { events: 500, bytes: 700_000 };
/** Under load, what arrives within this time of the last batch goes in one; an event that comes alone waits for none. */
const LINGER_MS = 25;
/** After so long, a run ends with more to publish: other work is due, and the platform limits an invocation's time. */
const SLICE_MS = 5_000;

/** What became of a batch all of whose kinds are held. */
const NOTHING: Published = { acknowledged: [], refused: [], held: [], fault: undefined };

/** Publishes what is pending, one batch after the other, and never two batches at a time: a key keeps its order. */
export class Drain {
  readonly #ports: DrainPorts;
  readonly #cluster: Backoff;
  readonly #topics = new Map<Kind, Backoff>();
  #running: Promise<void> | undefined;
  #hasMore = false;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  /** Whether the last run ended because its time was over. */
  isCutShort = false;

  constructor(ports: DrainPorts) {
    this.#ports = ports;
    this.#cluster = new Backoff(ports);
  }

  /** When a held topic or an unreachable cluster is to be tried again; undefined when nothing waits for that. */
  get retryAtMs(): number | undefined {
    const waits = [this.#cluster, ...this.#topics.values()].filter((each) => each.isWaiting);
    return waits.length === 0 ? undefined : Math.min(...waits.map((each) => each.untilMs));
  }

  /** Publishes until nothing is left that can be published now, or for a slice of time; joins a run under way. */
  run(): Promise<void> {
    this.#running ??= this.#publishAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #publishAll(): Promise<void> {
    const untilMs = this.#ports.now() + SLICE_MS;
    this.isCutShort = false;
    while (!this.#cluster.isWaiting) {
      if (this.#ports.now() >= untilMs) {
        this.isCutShort = true;
        return;
      }
      await this.#linger();
      const probed = this.#dueKind();
      const batch = this.#next(probed);
      if (batch !== undefined) await this.#publish(batch);
      else if (probed === undefined) return;
      else this.#topics.delete(probed);
    }
  }

  #next(probed: Kind | undefined): Batch | undefined {
    const { store } = this.#ports;
    return probed === undefined ? store.next(BATCH, [...this.#topics.keys()]) : store.nextOf(probed, BATCH);
  }

  async #publish(batch: Batch): Promise<void> {
    const { publish, store, now } = this.#ports;
    this.#hasMore = batch.hasMore;
    this.#sentAtMs = now();
    if (batch.events.length === 0) return store.settle(batch, NOTHING, now());
    const published = await publish(batch.events);
    store.settle(batch, published, now());
    this.#note(published);
  }

  async #linger(): Promise<void> {
    const waitMs = this.#sentAtMs + LINGER_MS - this.#ports.now();
    // A backlog goes out without waiting; a clock that went back makes nobody wait longer.
    if (this.#hasMore || waitMs <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, LINGER_MS)));
  }

  /** A kind whose topic failed, and is to be tried again: alone, so that it costs no other kind its producer's send. */
  #dueKind(): Kind | undefined {
    return [...this.#topics].find(([, backoff]) => !backoff.isWaiting)?.[0];
  }

  #note({ acknowledged, held, fault }: Published): void {
    const { store, now } = this.#ports;
    for (const { kind } of acknowledged) this.#topics.delete(kind);
    for (const kind of held) this.#backoffOf(kind).fail();
    if (fault?.scope === 'cluster') this.#cluster.fail();
    else this.#cluster.succeed();
    if (fault !== undefined) store.fault(fault.what, now());
  }

  #backoffOf(kind: Kind): Backoff {
    const backoff = this.#topics.get(kind) ?? new Backoff(this.#ports);
    this.#topics.set(kind, backoff);
    return backoff;
  }
}
