import { wallClock } from './numbers.ts';
import type { Row } from './values.ts';

/** An event as the server sends it. */
interface Sent {
  readonly event_id: string;
  readonly app_id: string;
  readonly kind: string;
  /** ISO 8601, UTC. */
  readonly received: string;
  readonly source: string;
  readonly who: string;
  readonly what: string;
  readonly room_id: string;
}

interface FeedListener {
  /** An event, as a row of `latest-events` would have it. */
  readonly onRow: (row: Row) => void;
  readonly onLive: (isLive: boolean) => void;
  /** So many events were too many to be sent. */
  readonly onDropped: (events: number) => void;
}

interface Shown {
  readonly app: string;
  readonly tz: string;
}

/** The events of an app, or of all, as they are published: the server's events, while the page wants them. */
export class Feed {
  readonly #listener: FeedListener;
  #source: EventSource | undefined;
  #of = '';

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  /** Opens it, where it is not open for the same already. @returns whether it begins anew */
  open({ app, tz }: Shown): boolean {
    const of = JSON.stringify([app, tz]);
    const isSame = of === this.#of;
    // A browser connects again by itself, unless the server has refused.
    if (isSame && this.#source !== undefined && this.#source.readyState !== EventSource.CLOSED) return false;
    this.close();
    this.#of = of;
    const source = new EventSource(`/api/tail?${new URLSearchParams({ app })}`);
    this.#source = source;
    source.addEventListener('message', ({ data }) => this.#listener.onRow(rowOf(JSON.parse(data), tz)));
    source.addEventListener('live', ({ data }) => this.#listener.onLive(data === 'true'));
    source.addEventListener('dropped', ({ data }) => this.#listener.onDropped(Number(data)));
    source.addEventListener('error', () => this.#listener.onLive(false));
    return !isSame;
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#listener.onLive(false);
  }
}

function rowOf({ received, ...sent }: Sent, tz: string): Row {
  const milliseconds = received.slice(19, 23);
  return { ...sent, received: wallClock(Date.parse(received), tz) + milliseconds };
}
