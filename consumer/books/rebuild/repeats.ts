import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import type { Scope } from './options.ts';

/** Where an event stands in `events`. */
interface Place {
  readonly event_id: string;
  readonly outbox: string;
  readonly sequence: number;
}

/**
 * The places at which events of a kind were accepted again, after the days of deduplication or in another outbox. An
 * event has one row, from its first place: a row from another one would be counted as a second event wherever its
 * sort key is another.
 */
export class Repeats {
  readonly #places: ReadonlySet<string>;

  constructor(places: readonly Place[]) {
    this.#places = new Set(places.map(keyOf));
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  has(place: Place): boolean {
    return this.#places.has(keyOf(place));
  }
}

/** Finds them, of whatever time and app: the first place of an event may lie outside the scope. */
export async function readRepeats(client: ClickHouseClient, { kind }: Scope): Promise<Repeats> {
  const places = await rowsOf<Place>(
    client,
    `SELECT event_id, place.outbox AS outbox, place.sequence AS sequence
     FROM (SELECT event_id, arrayJoin(arrayPopFront(places)) AS place FROM repeated_events WHERE kind = {kind:String})`,
    { kind },
  );
  return new Repeats(places);
}

function keyOf({ event_id, outbox, sequence }: Place): string {
  return `${outbox} ${sequence} ${event_id}`;
}
