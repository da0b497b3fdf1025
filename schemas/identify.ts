import { createHash } from 'node:crypto';
import type { Recognized } from './recognize.ts';

/** Without a natural identity, the same body within this time is the same event: a sender's immediate retry. */
export const RETRY_WINDOW_MS = 10_000;

/** What an event is known by. */
export interface EventIds {
  /** 32 hex digits: the same for every redelivery. */
  readonly id: string;
  /** Where the id depends on the time of arrival: what the same body would have got just before. */
  readonly earlierId?: string;
  /** The same for just after: of two that are sent at once, the one that is stamped first may come last. */
  readonly laterId?: string;
  /** What all arrivals of the same body share, whenever they come; only where the id depends on that time. */
  readonly digest?: string;
}

/** What an id is made of. */
export interface Arrival {
  readonly app: string;
  readonly recognized: Recognized;
  readonly body: string;
  readonly receivedMs: number;
}

/**
 * The id that a redelivery gets again: over the natural identity, or else over the body and the ten seconds in which
 * it arrived. Parts are hashed as a JSON list: no two different lists of parts look the same.
 */
export function identify({ app, recognized, body, receivedMs }: Arrival): EventIds {
  const { kind } = recognized;
  if (kind !== 'unrecognized' && recognized.identity !== undefined) {
    return { id: hash([app, kind, 'identity', ...recognized.identity]) };
  }
  const window = Math.floor(receivedMs / RETRY_WINDOW_MS);
  const digest = createHash('sha256').update(body).digest('hex');
  const idIn = (each: number) => hash([app, kind, 'window', String(each), digest]);
  // A retry may cross from one ten seconds to the next, in either direction: the outbox looks there too.
  return { id: idIn(window), earlierId: idIn(window - 1), laterId: idIn(window + 1), digest };
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
