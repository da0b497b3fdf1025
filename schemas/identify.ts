import { createHash } from 'node:crypto';
import type { Recognized } from './recognize.ts';
import type { Kind } from './webhooks.ts';

/** Without a natural identity, the same body within this time is the same event: a sender's immediate retry. */
export const RETRY_WINDOW_MS = 10_000;

/** What an event is known by. */
export interface EventIds {
  /** 32 hex digits: the same for every redelivery. */
  readonly id: string;
  /** Where the id depends on the time of arrival: under which other ids the event may be known already. */
  readonly retryOf: RetryOf | undefined;
  /** There too: what all arrivals of the same body share, whenever they come; 64 hex digits. */
  readonly digest: string | undefined;
}

/**
 * The ids that the same body would have got in the ten seconds before and after, and when it must have been received
 * to be the same event: a retry may cross from one ten seconds to the next, and of two that are sent at once the one
 * that is stamped first may come last. Milliseconds since 1970, both bounds excluded.
 */
export interface RetryOf {
  readonly ids: readonly string[];
  readonly receivedAfterMs: number;
  readonly receivedBeforeMs: number;
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
    const id = hash([app, kind, 'identity', ...recognized.identity]);
    return { id, retryOf: undefined, digest: undefined };
  }
  const digest = createHash('sha256').update(body).digest('hex');
  const window = Math.floor(receivedMs / RETRY_WINDOW_MS);
  const idIn = (each: number) => hash([app, kind, 'window', String(each), digest]);
  const retryOf = {
    ids: [idIn(window - 1), idIn(window + 1)],
    receivedAfterMs: receivedMs - RETRY_WINDOW_MS,
    receivedBeforeMs: receivedMs + RETRY_WINDOW_MS,
  };
  return { id: idIn(window), retryOf, digest };
}

/**
 * What chooses the outbox of an event: its key, so that a key keeps its order. An unrecognized event's key is its own
 * id, which is another one ten seconds later: its body is what a retry has in common with it.
 */
export function shardKeyOf(kind: Kind, subject: string, { id, digest = id }: EventIds): string {
  return kind === 'unrecognized' ? digest : subject;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
