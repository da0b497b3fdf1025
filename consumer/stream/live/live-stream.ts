import type { Logger } from 'pino';
import { backOff } from '../../../schemas/group/backoff.ts';
import { decode, isDecoded } from '../../intake/decode.ts';
import type { Source } from '../../work.ts';
import type { Following } from '../follow.ts';
import { summarize } from '../summary.ts';
import { Viewer, type Wanted } from './viewer.ts';

/** Each holds a connection and some memory. */
const MOST_VIEWERS = 100;
/** Who opens a page just after another was closed need not wait for Kafka. */
const LINGER_MS = 20_000;
/** More than anybody can read; reading a payload costs, and the time is the inserts'. */
const MOST_A_SECOND = 200;

/** So many watch already that one more would be too many. */
export class TooManyViewersError extends Error {
  override readonly name = 'TooManyViewersError';
}

/** What is told of the stream that is followed. */
export interface Listener {
  readonly onMessage: (source: Source) => void;
  readonly onReading: (isReading: boolean) => void;
}

export interface LiveStreamDeps {
  /** Begins to follow the stream from now on. */
  readonly follow: (listener: Listener) => Promise<Following>;
  readonly log: Logger;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

/** The stream as it is published, for those who watch it: read once for all of them, and only while there is one. */
export class LiveStream {
  readonly #deps: LiveStreamDeps;
  readonly #viewers = new Set<Viewer>();
  #reading: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #isLive = false;
  #lingering: NodeJS.Timeout | undefined;
  #secondMs = Number.NEGATIVE_INFINITY;
  #inSecond = 0;

  constructor(deps: LiveStreamDeps) {
    this.#deps = deps;
  }

  /** How many watch. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** @throws TooManyViewersError */
  open(wanted: Wanted): Viewer {
    if (this.#viewers.size >= MOST_VIEWERS) throw new TooManyViewersError('too many watch already');
    clearTimeout(this.#lingering);
    const viewer = new Viewer(wanted);
    viewer.isLive = this.#isLive;
    this.#viewers.add(viewer);
    this.#reading ??= this.#read();
    return viewer;
  }

  close(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    this.#lingering = setTimeout(() => void this.stop(), LINGER_MS);
  }

  /** Leaves Kafka; who opens it again begins anew. */
  async stop(): Promise<void> {
    clearTimeout(this.#lingering);
    const reading = this.#reading;
    this.#reading = undefined;
    reading?.stop.abort();
    await reading?.ended;
  }

  #read() {
    const stop = new AbortController();
    return { stop, ended: this.#follow(stop.signal) };
  }

  /** Follows the stream until it is stopped; never throws. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { follow, log } = this.#deps;
    const listener = {
      onMessage: (source: Source) => void (signal.aborted || this.#take(source)),
      onReading: (isLive: boolean) => void (signal.aborted || this.#setLive(isLive)),
    };
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const following = await follow(listener);
        await aborted(signal);
        this.#isLive = false;
        await following.stop();
      } catch (err) {
        log.warn({ err, attempt }, 'the live tail cannot read the stream yet');
        await backOff(attempt, signal);
      }
    }
  }

  #setLive(isLive: boolean): void {
    this.#isLive = isLive;
    for (const viewer of this.#viewers) viewer.isLive = isLive;
  }

  #take({ message }: Source): void {
    const decoded = decode(message);
    // It becomes a dead letter, and is told as one.
    if (!isDecoded(decoded)) return;
    const { event, payload } = decoded;
    const viewers = [...this.#viewers].filter((viewer) => viewer.wants(event));
    if (viewers.length === 0) return;
    if (this.#isTooMuch()) {
      for (const viewer of viewers) viewer.drop();
      return;
    }
    const summary = summarize(event, payload);
    for (const viewer of viewers) viewer.offer(summary);
  }

  #isTooMuch(): boolean {
    const nowMs = (this.#deps.nowMs ?? (() => performance.now()))();
    if (nowMs - this.#secondMs >= 1_000) {
      this.#secondMs = nowMs;
      this.#inSecond = 0;
    }
    return ++this.#inSecond > MOST_A_SECOND;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
