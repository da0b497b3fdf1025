/**
 * What the chain tells of an event that does not fit.
 * - `changed`: its payload, its id or its link is not what the outbox accepted
 * - `put-in`: it stands under a number that belongs to another event
 * - `removed`: it was taken out, or never came: the books name it as missing
 */
export type Tampering = 'changed' | 'put-in' | 'removed';

/** An event at which the chain breaks. */
export interface Break {
  readonly sequence: number;
  /** Empty where the event is not there. */
  readonly event_id: string;
  readonly what: Tampering;
}

/** A link that stands at a sequence number. */
export interface Head {
  readonly outbox: string;
  readonly last_sequence: number;
  readonly head: string;
}

/** The chain of an outbox, as it stands in `events`. `last_sequence` and `head` are those of the last event there. */
export interface ChainLine extends Head {
  /** Events whose link fits the event before them. */
  readonly verified: number;
  /**
   * Events of people who were erased: their link is that of what they were, and only the next one proves it. Whoever
   * changes an event can make it look like one: compare with how many were erased.
   */
  readonly erased: number;
  /** Events that an earlier release accepted, which have no link. */
  readonly unlinked: number;
  /** Events of partitions that were dropped: the first that is kept behind them is verified by the last link of theirs. */
  readonly no_longer_kept: number;
  /** Events that stand behind one that is not there: still in flight, a dead letter, or missing. */
  readonly unverified: number;
  /** Whether the outbox itself has the same last link; null where it has accepted more by now, or does not say. */
  readonly is_as_accepted: boolean | null;
  /** Whether the link that was kept elsewhere stands where it stood then; null where none was kept, or its event is not. */
  readonly is_as_kept: boolean | null;
  readonly first_break: Break | null;
}

/** Whether something was changed, taken out or put in after the fact. */
export function isBroken({ first_break, is_as_accepted, is_as_kept }: ChainLine): boolean {
  return first_break !== null || is_as_accepted === false || is_as_kept === false;
}
