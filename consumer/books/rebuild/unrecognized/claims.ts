import type { ClickHouseClient } from '@clickhouse/client';
import type { EventRow } from '../../../normalize/event.ts';
import { rowsOf } from '../../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../../persist/tables.ts';
import { ANY, PAGE } from '../sql.ts';
import { windows } from '../windows.ts';
import { adoptedSource, readAdopted } from './read.ts';
import { lookAgain, milliseconds, type SecondLook } from './second-look.ts';

// They are named in the URL, of which servers take 16 kB.
const IDS_AT_ONCE = 200;

/** An event by its id and place. */
export type Place = Pick<EventRow, 'event_id' | 'outbox' | 'sequence' | 'received_at'>;

type Recognized = Extract<SecondLook, { outcome: 'recognized' }>;

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

  /** Finds what earlier runs made facts of, of whatever time. */
  async learn(): Promise<void> {
    const everything = { fromMs: undefined, toMs: undefined };
    const source = { ...adoptedSource(ANY), weight: PAGE.weight };
    for await (const window of windows(this.#client, source, everything, PAGE.limit)) {
      for (const row of await readAdopted(this.#client, ANY, window)) {
        const look = lookAgain(row);
        if (look.outcome === 'recognized') this.claim(look);
      }
    }
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

  /** The events that the edge recognized, by the natural ids that these have. */
  async standing(recognized: readonly Recognized[]): Promise<ReadonlyMap<string, Place>> {
    const ids = recognized.flatMap(({ naturalIds: { id, retryOf } }) => [id, ...(retryOf?.ids ?? [])]);
    const found = new Map<string, Place>();
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const rows = await rowsOf<Place>(
        this.#client,
        `SELECT event_id, outbox, sequence, received_at FROM ${EVENTS_TABLE} WHERE event_id IN {ids:Array(String)}
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
      const ms = place === undefined ? Number.NaN : milliseconds(place.received_at);
      return ms > retryOf.receivedAfterMs && ms < retryOf.receivedBeforeMs;
    });
}
