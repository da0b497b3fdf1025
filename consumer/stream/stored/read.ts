import type { ClickHouseClient } from '@clickhouse/client';
import type { StreamEvent } from '../../../schemas/event.ts';
import { objectIn } from '../../../schemas/json.ts';
import { recognize } from '../../../schemas/recognize.ts';
import type { Kind } from '../../../schemas/webhooks.ts';
import { rowsOf } from '../../persist/clickhouse.ts';

/** Which stored events are meant. */
export interface Selection {
  readonly kinds: readonly Kind[];
  /** Undefined for all. */
  readonly app: string | undefined;
  /** Received from here on, up to, not including, there; milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** The last event that has been read: what comes after it in the order of reading is not. */
export interface Place {
  readonly hourMs: number;
  readonly outbox: string;
  readonly sequence: number;
  readonly eventId: string;
}

/** An event with its place. */
export interface Stored {
  readonly event: StreamEvent;
  readonly place: Place;
}

interface Row {
  readonly event_id: string;
  readonly app_id: string;
  readonly kind: Kind;
  readonly occurred_ms: number;
  readonly received_ms: number;
  readonly outbox: string;
  readonly sequence: number;
  readonly payload: string;
  /** Empty where it has none. */
  readonly chain: string;
}

const PAGE = 1_000;

const SELECTED = `kind IN {kinds:Array(String)} AND ({app:String} = '' OR app_id = {app:String})
  AND received_at >= fromUnixTimestamp64Milli({from:Int64}) AND received_at < fromUnixTimestamp64Milli({to:Int64})`;

const HOURS = `SELECT toUnixTimestamp(toStartOfHour(received_at)) * 1000 AS hour_ms, toString(outbox) AS outbox
  FROM events WHERE ${SELECTED} GROUP BY hour_ms, outbox ORDER BY hour_ms, outbox`;

const EVENTS = `SELECT event_id, app_id, toString(kind) AS kind, toString(outbox) AS outbox, sequence, payload, chain,
    toUnixTimestamp64Milli(occurred_at) AS occurred_ms, toUnixTimestamp64Milli(received_at) AS received_ms
  FROM events
  WHERE ${SELECTED} AND toStartOfHour(received_at) = fromUnixTimestamp64Milli({hour:Int64})
    AND outbox = {outbox:String} AND sequence >= {sequence:UInt64} AND (sequence, event_id) > ({sequence:UInt64}, {id:String})
  ORDER BY sequence, event_id
  LIMIT ${PAGE}`;

/** How many events are selected. @throws ClickHouse's error */
export async function countStored(client: ClickHouseClient, selection: Selection): Promise<number> {
  const [row] = await rowsOf<{ events: number }>(
    client,
    `SELECT count() AS events FROM events WHERE ${SELECTED}`,
    params(selection),
  );
  return row?.events ?? 0;
}

/**
 * Stored events as they were published, an hour of receipt after the other, and in each the outboxes by their sequence
 * numbers: so a key's events stand in their order. Read page by page along the table's own order, so that whoever is
 * slow keeps no query open.
 * @param after where an earlier reading of the same selection ended
 * @throws ClickHouse's error
 */
export async function* readStored(
  client: ClickHouseClient,
  selection: Selection,
  after?: Place,
): AsyncGenerator<Stored> {
  type Hour = { readonly hour_ms: number; readonly outbox: string };
  const hours = await rowsOf<Hour>(client, HOURS, params(selection));
  for (const { hour_ms: hourMs, outbox } of hours) {
    if (after !== undefined && isBefore({ hourMs, outbox }, after)) continue;
    const isThere = after?.hourMs === hourMs && after.outbox === outbox;
    let [sequence, id] = isThere ? [after.sequence, after.eventId] : [0, ''];
    for (;;) {
      const asked = { ...params(selection), hour: hourMs, outbox, sequence, id };
      const rows = await rowsOf<Row>(client, EVENTS, asked);
      for (const row of rows) {
        yield {
          event: eventOf(row),
          place: { hourMs, outbox, sequence: row.sequence, eventId: row.event_id },
        };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      [sequence, id] = [last.sequence, last.event_id];
    }
  }
}

function params({ kinds, app = '', fromMs, toMs }: Selection): Record<string, unknown> {
  return { kinds, app, from: fromMs, to: toMs };
}

function isBefore(one: Pick<Place, 'hourMs' | 'outbox'>, other: Place): boolean {
  if (one.hourMs !== other.hourMs) return one.hourMs < other.hourMs;
  // As ClickHouse sorts them: by their bytes.
  return Buffer.compare(Buffer.from(one.outbox), Buffer.from(other.outbox)) < 0;
}

function eventOf(row: Row): StreamEvent {
  return {
    id: row.event_id,
    app: row.app_id,
    kind: row.kind,
    subject: subjectOf(row),
    occurredMs: row.occurred_ms,
    receivedMs: row.received_ms,
    outbox: row.outbox,
    sequence: row.sequence,
    payload: row.payload,
    ...(row.chain !== '' && { chain: row.chain }),
  };
}

/** What the edge made of the body, since no table keeps it; of one that today's code does not recognize, its id. */
function subjectOf({ payload, event_id }: Row): string {
  // What is no JSON is from somebody else.
  const body = objectIn(payload);
  const recognized = body && recognize(body);
  return recognized === undefined || recognized.kind === 'unrecognized' ? event_id : recognized.subject;
}
