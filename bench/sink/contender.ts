import type { Child } from '../../local/child.ts';
import type { Parts } from '../parts.ts';
import type { Store } from '../store.ts';

/** What fills the tables of a ClickHouse; each is started anew for every turn. */
export interface Contender {
  readonly name: string;
  /** Its inserts fill what answers and books are kept in as well, as in production; else the rows alone are stored. */
  readonly keeps?: boolean;
  /** Begins to fill the tables. */
  start(place: Place): Promise<Started>;
}

/** What a contender has started, where it is not in ClickHouse itself. */
export interface Started {
  readonly program?: Child;
  /** Done by this process; settles when it is over. */
  readonly work?: Promise<void>;
}

/** Where a contender works. */
export interface Place {
  readonly parts: Parts;
  readonly store: Store;
  /** A consumer group that has read nothing yet. */
  readonly group: string;
}
