import type { Child } from '../../local/child.ts';
import type { Parts } from '../parts.ts';
import type { Store } from '../store.ts';

/** What fills the tables of a ClickHouse; each is started anew for every turn. */
export interface Contender {
  readonly name: string;
  /**
   * Begins to fill the tables.
   * @returns the process that does it, where it is neither ClickHouse nor this one
   */
  start(place: Place): Promise<Child | undefined>;
}

/** Where a contender works. */
export interface Place {
  readonly parts: Parts;
  readonly store: Store;
  /** A consumer group that has read nothing yet. */
  readonly group: string;
}
