/** A sequence number of an outbox. */
export interface Place {
  readonly outbox: string;
  readonly sequence: number;
}

/** How much each outbox has accepted, by its own words; those that did not answer are not in it. */
export type Accepted = ReadonlyMap<string, number>;

/**
 * Which of the places no outbox has given to an event. An outbox whose numbers go on without a gap where it says that
 * it ended has given them, and has lost its storage since: of that one, none is foreign.
 *
 * @param standing places of answering outboxes, read before these were asked: what they accept later is no part of it
 */
export function foreignPlaces(standing: readonly Place[], accepted: Accepted): Place[] {
  const above = standing.filter(({ outbox, sequence }) => sequence > (accepted.get(outbox) ?? Infinity));
  const isOwn = ({ outbox, sequence }: Place) => sequence === (accepted.get(outbox) ?? Infinity) + 1;
  const withoutStorage = new Set(above.filter(isOwn).map(({ outbox }) => outbox));
  return above.filter(({ outbox }) => !withoutStorage.has(outbox));
}
