import type { ClickHouseClient } from '@clickhouse/client';
import { fixedTime } from '../../../../schemas/fixed-time.ts';
import type { EventRow } from '../../../normalize/event.ts';
import { rowsOf } from '../../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../../persist/tables.ts';
import { ANY, PAGE } from '../sql.ts';
import { windows } from '../windows.ts';
import { adoptedSource, readAdopted } from './read.ts';
import { lookAgain, type SecondLook } from './second-look.ts';

// They are named in the URL, of which servers take 16 kB.
const IDS_AT_ONCE = 200;

/** An event by its id and place. */
export type Place = Pick<EventRow, 'event_id' | 'outbox' | 'sequence' | 'received_at'>;

export type Recognized = Extract<SecondLook, { outcome: 'recognized' }>;

/** A fact of an earlier run, and the event that the edge has accepted of the same webhook since. */
export interface Superseded {
  readonly look: Recognized;
  readonly by: Place;
}

/**
 * Which event counts under which natural id: what the edge recognized has it as its own id; what was made a fact
 * later, in this run or an earlier one, has kept the id that it came with, so that one is found by its body.
 */
export class Claims {
  readonly #client: ClickHouseClient;
  readonly #byNaturalId = new Map<string, Place>();

  constructor(client: ClickHouseClient) {
    this.#client = client;
  }

  /**
   * Finds what earlier runs made facts of, of whatever time.
   * @returns those of them that have been delivered again since, to an edge that knew them under their natural ids:
   * the tables count these twice
   */
  async learn(): Promise<Superseded[]> {
    const superseded: Superseded[] = [];
    const everything = { fromMs: undefined, toMs: undefined };
    const source = { ...adoptedSource(ANY), weight: PAGE.weight };
    for await (const window of windows(this.#client, source, everything, PAGE.limit)) {
      const looks = (await readAdopted(this.#client, ANY, window)).map(lookAgain);
      const recognized = looks.filter((look) => look.outcome === 'recognized');
      const standing = await this.standing(recognized);
      for (const look of recognized) {
        const by = standingFor(look, standing);
        if (by === undefined) this.claim(look);
        else superseded.push({ look, by });
      }
    }
    return superseded;
  }

  /** From now on, what has the same natural identity is a redelivery of it. */
  claim({ event, naturalIds }: Recognized): void {
    // Without an identity, the edge has taken its retries for itself already.
    if (naturalIds.retryOf === undefined) this.#byNaturalId.set(naturalIds.id, event);
  }

  /** The event that a recognized one is a redelivery of, where it came as unrecognized too. */
  claimedBy({ naturalIds }: Recognized): Place | undefined {
    return this.#byNaturalId.get(naturalIds.id);
  }

  /** The events that the edge recognized, by the natural ids that these have; those, too, that are no longer kept. */
  async standing(recognized: readonly Recognized[]): Promise<ReadonlyMap<string, Place>> {
    const ids = recognized.flatMap(({ naturalIds: { id, retryOf } }) => [id, ...(retryOf?.ids ?? [])]);
    const found = new Map<string, Place>();
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const rows = await rowsOf<Place>(
        this.#client,
        `SELECT event_id, outbox, sequence, received_at FROM
         (
           SELECT event_id, outbox, sequence, received_at FROM ${EVENTS_TABLE} WHERE event_id IN {ids:Array(String)}
           UNION ALL
           SELECT event_id, outbox, sequence, received_at FROM closed_events WHERE event_id IN {ids:Array(String)}
         )
         ORDER BY received_at DESC, outbox DESC, sequence DESC`,
        { ids: ids.slice(start, start + IDS_AT_ONCE) },
      );
      for (const row of rows) found.set(row.event_id, row);
    }
    return found;
  }
}

/** The event among these that a recognized one is a redelivery of. */
export function standingFor(
  { naturalIds: { id, retryOf } }: Recognized,
  standing: ReadonlyMap<string, Place>,
): Place | undefined {
  const known = standing.get(id);
  if (known !== undefined || retryOf === undefined) return known;
  return retryOf.ids
    .map((each) => standing.get(each))
    .find((place) => {
      const ms = place === undefined ? Number.NaN : fixedTime(place.received_at);
      return ms > retryOf.receivedAfterMs && ms < retryOf.receivedBeforeMs;
    });
}
