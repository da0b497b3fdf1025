import type { Kind } from '../../../schemas/webhooks.ts';
import type { Summary } from '../summary.ts';

/** Which events somebody wants to see; what is undefined does not narrow. */
export interface Wanted {
  readonly kinds: readonly Kind[] | undefined;
  readonly app: string | undefined;
}

/** What a viewer is told next. */
export type Told =
  | { readonly what: 'event'; readonly event: Summary }
  /** Whether events come as they are published; while they do not, Kafka is away. */
  | { readonly what: 'live'; readonly isLive: boolean }
  /** So many events were left out since this was said last: more came than are sent, or than the viewer took. */
  | { readonly what: 'dropped'; readonly events: number };

/** Events that wait for a viewer who is slow. */
const MOST_WAITING = 100;

/** One who watches the stream. What waits for them is bounded: the oldest gives way, and that is told. */
export class Viewer {
  readonly #wanted: Wanted;
  readonly #waiting: Summary[] = [];
  #dropped = 0;
  #isLive: boolean | undefined;
  #toldLive: boolean | undefined;
  #wake: () => void = () => {};

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  wants({ kind, app }: { readonly kind: Kind; readonly app: string }): boolean {
    const { kinds, app: wanted } = this.#wanted;
    return (kinds === undefined || kinds.includes(kind)) && (wanted === undefined || wanted === app);
  }

  offer(event: Summary): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push(event);
    this.#wake();
  }

  /** One that they want is not sent. */
  drop(): void {
    this.#dropped++;
    this.#wake();
  }

  set isLive(isLive: boolean) {
    this.#isLive = isLive;
    this.#wake();
  }

  /** @returns what to tell them next, as soon as there is something; undefined when that takes longer than this */
  async next(withinMs: number): Promise<Told | undefined> {
    const ready = this.#take();
    if (ready !== undefined) return ready;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    return this.#take();
  }

  #take(): Told | undefined {
    if (this.#isLive !== undefined && this.#isLive !== this.#toldLive) {
      this.#toldLive = this.#isLive;
      return { what: 'live', isLive: this.#isLive };
    }
    if (this.#dropped > 0) {
      const events = this.#dropped;
      this.#dropped = 0;
      return { what: 'dropped', events };
    }
    const event = this.#waiting.shift();
    return event === undefined ? undefined : { what: 'event', event };
  }
}
