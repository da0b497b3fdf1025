import type { ClickHouseClient } from '@clickhouse/client';
import { fixedTime } from '../../../schemas/fixed-time.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { type Gone, isGone } from '../retention/kept.ts';
import type { Scope } from './options.ts';
import { withinReach } from './reach.ts';

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

/** An event that was accepted again, with its places in the order of receipt. */
interface Repeated {
  readonly event_id: string;
  readonly places: readonly (readonly [received_at: string, outbox: string, sequence: number])[];
}

/**
 * Finds them, of whatever time and app: the first place of an event may lie outside the scope. Where it is no longer kept,
 * the row of it that stands is the event's; an event whose row is a later place's has it from the first that is kept.
 */
export async function readRepeats(client: ClickHouseClient, scope: Scope, gone: Gone): Promise<Repeats> {
  const repeated = await rowsOf<Repeated>(
    client,
    'SELECT event_id, places FROM repeated_events WHERE kind = {kind:String}',
    { kind: scope.kind },
    { output_format_json_named_tuples_as_objects: 0 },
  );
  const isKept = ([received]: Repeated['places'][number]) => !isGone(gone.events, fixedTime(received));
  const behindGone = repeated.filter(({ places: [first] }) => first !== undefined && !isKept(first));
  const standing = behindGone.length === 0 ? new Set() : await standingBeyond(client, scope, gone);
  return new Repeats(
    repeated.flatMap(({ event_id, places }) => {
      const kept = places.filter(isKept);
      const first = standing.has(event_id) ? undefined : kept[0];
      const again = kept.filter((place) => place !== first);
      return again.map(([, outbox, sequence]) => ({ event_id, outbox, sequence }));
    }),
  );
}

/** Of repeated events, those that have a row which stays as it is, or had one that was dropped. */
async function standingBeyond(
  client: ClickHouseClient,
  { kind, table }: Scope,
  gone: Gone,
): Promise<ReadonlySet<string>> {
  const { sql, params } = withinReach(kind, gone);
  const repeated = 'event_id IN (SELECT event_id FROM repeated_events WHERE kind = {kind:String})';
  const dropped =
    kind === 'message' ? `UNION ALL SELECT event_id FROM closed_messages WHERE ${repeated}` : '';
  const rows = await rowsOf<{ event_id: string }>(
    client,
    `SELECT event_id FROM ${table} FINAL WHERE NOT (${sql}) AND ${repeated} ${dropped}`,
    { ...params, kind },
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

function keyOf({ event_id, outbox, sequence }: Place): string {
  return `${outbox} ${sequence} ${event_id}`;
}
