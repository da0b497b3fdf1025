import { CUSTOMER_COLUMN, PERSONAL_COLUMNS } from '../../consumer/persist/personal-columns.ts';
import { FACT_TABLES, KEPT_TABLE, ROOM_LOG_TABLE } from '../../consumer/persist/tables.ts';
import { FACT_KINDS, type FactKind } from '../../schemas/webhooks.ts';

/** The kinds whose tables know a customer. */
export const CUSTOMER_KINDS = FACT_KINDS.filter((kind) => CUSTOMER_COLUMN[kind] !== undefined);

/** Every row of facts of the app that has a customer, with copies, as `event_id`, `room_id`, `customer`, `is_certain`. */
const CUSTOMERS = CUSTOMER_KINDS.map(
  (kind) => `
    SELECT event_id, room_id, ${CUSTOMER_COLUMN[kind]} AS customer, ${kind === 'message' ? "via = 'mobile'" : '1'} AS is_certain
    FROM ${FACT_TABLES[kind]} WHERE app_id = {app:String}`,
).join(' UNION ALL ');

/**
 * Rooms that are theirs alone: somebody of theirs is the customer there, and nobody else is. Who posts through the API
 * may be an agent or a bot, and is no other customer.
 */
export const ROOMS_ALONE = `
  SELECT room_id FROM (${CUSTOMERS})
  WHERE room_id != '' AND customer != ''
  GROUP BY room_id
  HAVING countIf(customer IN {ids:Array(String)}) > 0
    AND countIf(is_certain AND customer NOT IN {ids:Array(String)}) = 0`;

/** The events that are theirs, as the facts tell. */
export const THEIR_EVENTS = `
  SELECT event_id FROM (${CUSTOMERS})
  WHERE customer IN {ids:Array(String)} OR room_id IN (${ROOMS_ALONE})`;

/** The events whose facts name one of their ids. */
export const EVENTS_BY_ID = `SELECT event_id FROM (${CUSTOMERS}) WHERE customer IN {ids:Array(String)}`;

/** Whether a text may name them, in whatever spelling JSON has for it. */
export const mayNameSql = (text: string) =>
  `(arrayExists(id -> position(${text}, id) > 0, {ids:Array(String)}) OR position(${text}, '\\\\u') > 0 OR {odd:Bool})`;

/** Rows of a kind's table that an erasure has not reached: their event is erased, and something personal stands there. */
export function unreachedFacts(kind: FactKind): string {
  const standing = Object.entries(PERSONAL_COLUMNS[kind]).map(
    ([name, empty]) => `${name} != ${emptyOf(empty)}`,
  );
  return `event_id IN (SELECT event_id FROM erasures FINAL WHERE is_theirs AND kind = '${kind}') AND (${standing.join(' OR ')})`;
}

/** How a column is emptied. */
export function emptied(kind: FactKind): string {
  return Object.entries(PERSONAL_COLUMNS[kind])
    .map(([name, empty]) => `${name} = ${emptyOf(empty)}`)
    .join(', ');
}

const emptyOf = (empty: string) => (empty === 'map()' ? "CAST(map(), 'Map(String, String)')" : empty);

export const UNREACHED_EVENTS = `
  event_id IN (SELECT event_id FROM erasures FINAL) AND payload NOT IN (SELECT payload FROM erasures FINAL)`;

export const UNREACHED_LETTERS = `
  id IN (SELECT event_id FROM erasures FINAL)
  AND value IS NOT NULL AND assumeNotNull(value) NOT IN (SELECT base64Encode(payload) FROM erasures FINAL)`;

/** Rows with a customer's data, where sessions and resolutions stand by room, and with their neighbours. */
export const IN_ROOMS = "(room_name != '' OR customer_id != '' OR customer_name != '')";
const EMPTIED_IN_ROOMS = "room_name = '', customer_id = '', customer_name = '', has_notes = false";

/** The tables in which sessions and resolutions stand once more, and how their columns are emptied. */
export const ROOM_TABLES: Readonly<Record<string, string>> = {
  [ROOM_LOG_TABLE]: EMPTIED_IN_ROOMS,
  [KEPT_TABLE]: `${EMPTIED_IN_ROOMS}, customer_key = 0`,
};

/** Rows of those tables that an erasure has not reached. */
export const UNREACHED_IN_ROOMS = `
  event_id IN (SELECT event_id FROM erasures FINAL WHERE is_theirs AND kind IN ('session', 'resolution')) AND ${IN_ROOMS}`;
