import type { ClickHouseClient } from '@clickhouse/client';
import { normalize } from '../../consumer/normalize/normalize.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import { ERASURES_TABLE, EVENTS_TABLE } from '../../consumer/persist/tables.ts';
import { type Erased, erased } from '../../schemas/erase.ts';
import { fixedTime } from '../../schemas/fixed-time.ts';
import { objectIn } from '../../schemas/json.ts';
import { idText, member } from '../../schemas/values.ts';
import { type Erasure, kindOf, paramsOf, type Wanted } from './erasure.ts';
import { findLetters } from './letters.ts';
import { EVENTS_BY_ID, mayNameSql, ROOMS_ALONE, THEIR_EVENTS } from './sql.ts';

/** What there is of a person in ClickHouse. */
export interface Found {
  /** Those that are theirs only by their room come first: while any other is left, the room can be found. */
  readonly erasures: readonly Erasure[];
  /** How many of these are events, and how many dead letters. */
  readonly events: number;
  readonly letters: number;
}

/** The rooms that are theirs alone. */
export async function findRooms(client: ClickHouseClient, wanted: Wanted): Promise<string[]> {
  const rows = await rowsOf<{ room_id: string }>(client, ROOMS_ALONE, paramsOf(wanted));
  return rows.map(({ room_id }) => room_id);
}

/** The other ids of who has one of these: those that stand beside it where they wrote. */
export async function findAliases(client: ClickHouseClient, wanted: Wanted): Promise<string[]> {
  const found = new Set<string>();
  for await (const { payload } of candidates(client, wanted)) {
    const from = member(member(objectIn(payload), 'payload'), 'from');
    const ids = ['id', 'id_str', 'email'].map((name) => idText(member(from, name)));
    if (ids.some((id) => wanted.ids.includes(id))) for (const id of ids) found.add(id);
  }
  return [...found].filter((id) => id !== '' && !wanted.ids.includes(id));
}

/** All that is to be erased, copies of rows included. */
export async function find(client: ClickHouseClient, wanted: Wanted): Promise<Found> {
  const person = { ids: new Set(wanted.ids) };
  const byRoom: Erasure[] = [];
  const byId: Erasure[] = [];
  const events = new Set<string>();
  for await (const { payload, is_theirs, is_by_id, ...row } of candidates(client, wanted)) {
    const left = leftOf({ ...row, payload }, is_theirs, person);
    if (left === undefined) continue;
    events.add(row.event_id);
    (is_theirs && !is_by_id ? byRoom : byId).push({
      ...row,
      payload: left.payload,
      is_theirs: left.isTheirs,
    });
  }
  const letters = await findLetters(client, wanted);
  return { erasures: [...byRoom, ...byId, ...letters], events: events.size, letters: letters.length };
}

interface Candidate extends Omit<Erasure, 'is_theirs'> {
  readonly is_theirs: boolean;
  readonly is_by_id: boolean;
}

/** Their events that are no longer kept, of which the facts are: nothing is known of their payloads that may stay. */
const NO_LONGER_KEPT = `
  SELECT event_id, outbox, sequence, app_id, kind, occurred_at, received_at, '{}', '', 0, 0, ''
  FROM closed_events
  WHERE app_id = {app:String} AND event_id IN (${THEIR_EVENTS})
    AND event_id NOT IN (SELECT event_id FROM ${EVENTS_TABLE} WHERE event_id IN (${THEIR_EVENTS}))`;

/** Rows of events that are theirs or may name them; what was erased of others may name them as well. */
async function* candidates(client: ClickHouseClient, wanted: Wanted): AsyncGenerator<Candidate> {
  const columns = `event_id, outbox, sequence, app_id, kind, occurred_at, received_at, payload, topic, partition, offset, chain`;
  const result = await client.query({
    query: `
      SELECT ${columns}, event_id IN (${THEIR_EVENTS}) AS is_theirs, event_id IN (${EVENTS_BY_ID}) AS is_by_id
      FROM (
        SELECT ${columns} FROM ${EVENTS_TABLE} WHERE app_id = {app:String}
        UNION ALL
        ${NO_LONGER_KEPT}
        UNION ALL
        SELECT ${columns} FROM ${ERASURES_TABLE} WHERE app_id = {app:String} AND NOT is_theirs
      )
      WHERE is_theirs OR ${mayNameSql('payload')}`,
    query_params: paramsOf(wanted),
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  for await (const rows of result.stream<Candidate>()) {
    for (const row of rows) {
      const read = row.json();
      yield { ...read, is_theirs: Boolean(read.is_theirs), is_by_id: Boolean(read.is_by_id) };
    }
  }
}

/**
 * What is left of an event. One that only names them, and whose columns would be others without them, is erased as
 * theirs: its columns would keep what its payload loses.
 */
function leftOf(
  row: Omit<Erasure, 'is_theirs'>,
  isTheirs: boolean,
  person: { readonly ids: ReadonlySet<string> },
): Erased | undefined {
  const kind = kindOf(row.kind);
  const left = erased({ kind, payload: row.payload, isTheirs }, person);
  if (left === undefined || left.isTheirs || factOf(row, row.payload) === factOf(row, left.payload))
    return left;
  return erased({ kind, payload: row.payload, isTheirs: true }, person);
}

function factOf(row: Omit<Erasure, 'is_theirs'>, payload: string): string {
  const head = {
    id: row.event_id,
    app: row.app_id,
    kind: kindOf(row.kind),
    subject: '',
    occurredMs: fixedTime(row.occurred_at),
    receivedMs: fixedTime(row.received_at),
    outbox: row.outbox,
    sequence: row.sequence,
  };
  return JSON.stringify(normalize(head, payload));
}
