import { type Erasable, erased } from '../../schemas/erase.ts';
import type { Accepted } from './segments.ts';

/** Whom to erase from an outbox, and how far it was gone through. */
export interface ErasePart {
  /** All ids of the customer. */
  readonly ids: readonly string[];
  /** Rooms that are theirs alone. */
  readonly rooms: readonly string[];
  /** What the part before gave; undefined for the first. */
  readonly after: Cursor | undefined;
  /** Only counts. */
  readonly isDryRun: boolean;
}

/** How far the segments, and the events that are kept one by one, were gone through: by sequence number. */
export interface Cursor {
  readonly segments: number;
  readonly singles: number;
}

/** What one part came to. */
export interface ErasedPart {
  /** Events that had something of the person. */
  readonly events: number;
  /** Where to go on; null at the end. */
  readonly after: Cursor | null;
}

/** Behind the last event. */
export const AT_END = Number.MAX_SAFE_INTEGER;
/** Text that is looked through in one part, in UTF-16 units: webhooks wait meanwhile. */
export const MOST_AT_ONCE = 8_000_000;

/** The payload of an event without the person; undefined where it has nothing of them. */
export type Rewrite = (event: Pick<Accepted, 'kind' | 'subject' | 'payload'>) => string | undefined;

/** What rewriting a stretch of stored events came to. */
export interface Rewritten {
  /** New payloads by sequence number. */
  readonly payloads: ReadonlyMap<number, string>;
  /** The sequence number that was gone through last; `AT_END` where none is left. */
  readonly upTo: number;
}

export function rewriteFor({ ids, rooms }: Pick<ErasePart, 'ids' | 'rooms'>): Rewrite {
  const person = { ids: new Set(ids) };
  const theirs = new Set(rooms);
  return ({ kind, subject, payload }) => {
    const isRoom = kind !== 'unrecognized' && kind !== 'agent-logout';
    const event: Erasable = { kind, payload, isTheirs: isRoom && theirs.has(subject) };
    return erased(event, person)?.payload;
  };
}
