import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { FOREIGN_TABLE } from '../../persist/tables.ts';
import { type Accepted, foreignPlaces, type Place } from './find.ts';

/** So many of an outbox are told apart; of one that lost its storage, all that it ever gave out would be read. */
const MOST_OF_AN_OUTBOX = 10_000;

const STANDING_ABOVE = `
  WITH
    places AS
    (
      SELECT toString(outbox) AS outbox, sequence FROM events_rows
      UNION ALL
      SELECT toString(outbox), sequence FROM dead_letter_places
    )
  SELECT DISTINCT outbox, sequence FROM places
  WHERE outbox IN {outboxes:Array(String)}
    AND sequence > transform(outbox, {outboxes:Array(String)}, {accepted:Array(UInt64)}, toUInt64(0))
  ORDER BY outbox, sequence
  LIMIT {most:UInt64} BY outbox`;

const MARKED = `
  SELECT toString(outbox) AS outbox, sequence FROM foreign_places FINAL
  WHERE is_foreign AND outbox IN {outboxes:Array(String)}`;

/**
 * Asks the outboxes how much they have accepted, and notes which places in ClickHouse lie above that, or do no longer.
 * The views of the books leave these out.
 *
 * @param ask how much the outboxes have accepted by now
 * @param limits settings of its queries
 * @throws what ClickHouse's client throws
 */
export async function markForeign(
  client: ClickHouseClient,
  ask: () => Promise<Accepted>,
  limits: ClickHouseSettings = {},
): Promise<void> {
  const before = await ask();
  if (before.size === 0) return;
  const outboxes = [...before.keys()];
  const params = { outboxes, accepted: [...before.values()], most: MOST_OF_AN_OUTBOX };
  const standing = await rowsOf<Place>(client, STANDING_ABOVE, params, limits);
  const marked = await rowsOf<Place>(client, MARKED, { outboxes }, limits);
  if (standing.length + marked.length === 0) return;
  // Asked again: what has been accepted since the first answer may stand already.
  const after = await ask();
  const foreign = foreignPlaces(standing, after);
  const added = lacking(foreign, marked).map((place) => finding(place, true));
  const gone = lacking(marked, foreign).filter(({ outbox }) => after.has(outbox));
  const values = [...added, ...gone.map((place) => finding(place, false))];
  if (values.length > 0) await client.insert({ table: FOREIGN_TABLE, values, format: 'JSONEachRow' });
}

/** The places of the first list that are not in the second. */
function lacking(places: readonly Place[], others: readonly Place[]): Place[] {
  const keys = new Set(others.map(keyOf));
  return places.filter((place) => !keys.has(keyOf(place)));
}

const keyOf = ({ outbox, sequence }: Place) => `${outbox} ${sequence}`;

function finding({ outbox, sequence }: Place, isForeign: boolean) {
  const found_at = dateTime(Date.now());
  return { outbox, sequence, is_foreign: isForeign, found_at };
}
