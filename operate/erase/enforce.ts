import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../consumer/normalize/date-time-text.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import {
  DEAD_LETTERS_TABLE,
  ERASURES_TABLE,
  EVENTS_TABLE,
  FACT_TABLES,
  ROOM_LOG_TABLE,
} from '../../consumer/persist/tables.ts';
import type { Erasure } from './erasure.ts';
import {
  CUSTOMER_KINDS,
  emptied,
  ROOM_TABLES,
  UNREACHED_EVENTS,
  UNREACHED_IN_ROOMS,
  UNREACHED_LETTERS,
  unreachedFacts,
} from './sql.ts';

const AT_ONCE = 5_000;
/** Longer than a consumer needs to keep what became of some thousand rooms. */
const ROUND_MS = 3_000;
const EVENT_COLUMNS =
  'outbox, sequence, event_id, app_id, kind, occurred_at, received_at, payload, topic, partition, offset, chain';
const LETTER_COLUMNS =
  'id, event_id, app_id, kind, occurred_at, stage, reason, topic, partition, offset, failed_at, headers, key, value';
/** Of a letter that could not be decoded: what places it in the books. */
const PLACE_HEADERS = ['ce_id', 'ce_type', 'ce_source', 'ce_receivedtime', 'ce_outbox', 'ce_sequence'];

/** Rows that an erasure has not reached yet, copies too, by table. */
export type Unreached = ReadonlyMap<string, number>;

/** Writes down what is to become of events, before anything is done. Written again, it is the same. */
export async function record(client: ClickHouseClient, erasures: readonly Erasure[]): Promise<void> {
  const erased_at = dateTime(Date.now());
  for (let start = 0; start < erasures.length; start += AT_ONCE) {
    const values = erasures.slice(start, start + AT_ONCE).map((each) => ({ ...each, erased_at }));
    await client.insert({
      table: ERASURES_TABLE,
      values,
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplicate: 0 },
    });
  }
}

/** How many rows of each table are not as `erasures` has them. */
export async function unreached(client: ClickHouseClient): Promise<Unreached> {
  const counts = tables().map(
    async ({ table, where }) => [table, await unreachedIn(client, table, where)] as const,
  );
  return new Map(await Promise.all(counts));
}

async function unreachedIn(client: ClickHouseClient, table: string, where: string): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(client, `SELECT count() AS n FROM ${table} WHERE ${where}`);
  return row?.n ?? 0;
}

/**
 * Makes every table what `erasures` has. The new row goes in before the old one goes, so that none is missing at any
 * moment, whoever is killed in between. What is rewritten is waited for, part by part of the table.
 */
export async function enforce(client: ClickHouseClient): Promise<void> {
  const left = await unreached(client);
  if ((left.get(EVENTS_TABLE) ?? 0) > 0) await replaceEvents(client);
  if ((left.get(DEAD_LETTERS_TABLE) ?? 0) > 0) await replaceLetters(client);
  for (const kind of CUSTOMER_KINDS) {
    const table = FACT_TABLES[kind];
    if ((left.get(table) ?? 0) === 0) continue;
    await rewrite(client, `ALTER TABLE ${table} UPDATE ${emptied(kind)} WHERE ${unreachedFacts(kind)}`);
  }
  for (const [table, columns] of Object.entries(ROOM_TABLES)) {
    if ((await unreachedIn(client, table, UNREACHED_IN_ROOMS)) === 0) continue;
    await rewrite(client, `ALTER TABLE ${table} UPDATE ${columns} WHERE ${UNREACHED_IN_ROOMS}`);
    // A consumer that has read the rows before may be about to keep what it has read.
    if (table === ROOM_LOG_TABLE) await sleep(ROUND_MS);
  }
  // Of an event that named several people, what was left after the first may name the next.
  await dropSuperseded(client);
}

async function replaceEvents(client: ClickHouseClient): Promise<void> {
  await rewrite(
    client,
    `INSERT INTO ${EVENTS_TABLE} (${EVENT_COLUMNS})
     SELECT ${EVENT_COLUMNS} FROM ${ERASURES_TABLE} FINAL
     WHERE (outbox, sequence, event_id) IN (SELECT outbox, sequence, event_id FROM ${EVENTS_TABLE} WHERE ${UNREACHED_EVENTS})`,
  );
  await rewrite(client, `ALTER TABLE ${EVENTS_TABLE} DELETE WHERE ${UNREACHED_EVENTS}`);
}

async function replaceLetters(client: ClickHouseClient): Promise<void> {
  const names = PLACE_HEADERS.map((name) => `'${name}'`).join(', ');
  await rewrite(
    client,
    `INSERT INTO ${DEAD_LETTERS_TABLE} (${LETTER_COLUMNS})
     SELECT * EXCEPT (key, value, headers, left_payload),
       if(event_id = '', mapFilter((name, text) -> name IN (${names}), headers), headers),
       if(event_id = '', NULL, key),
       base64Encode(left_payload)
     FROM (
       SELECT ${LETTER_COLUMNS}, erasure.left_payload AS left_payload
       FROM (SELECT ${LETTER_COLUMNS} FROM ${DEAD_LETTERS_TABLE} FINAL WHERE ${UNREACHED_LETTERS}) AS letter
       INNER JOIN (
         SELECT event_id AS erased_id, argMax(payload, sequence) AS left_payload
         FROM ${ERASURES_TABLE} FINAL GROUP BY event_id
       ) AS erasure ON erasure.erased_id = letter.id
     )`,
  );
  await rewrite(client, `ALTER TABLE ${DEAD_LETTERS_TABLE} DELETE WHERE ${UNREACHED_LETTERS}`);
}

async function dropSuperseded(client: ClickHouseClient): Promise<void> {
  const [row] = await rowsOf<{ n: number }>(
    client,
    `SELECT (SELECT count() FROM ${ERASURES_TABLE}) - (SELECT count() FROM ${ERASURES_TABLE} FINAL) AS n`,
  );
  if ((row?.n ?? 0) === 0) return;
  const place = 'event_id, outbox, sequence, erased_at';
  await rewrite(
    client,
    `ALTER TABLE ${ERASURES_TABLE} DELETE WHERE (${place}) NOT IN (SELECT ${place} FROM ${ERASURES_TABLE} FINAL)`,
  );
}

function tables() {
  return [
    { table: EVENTS_TABLE, where: UNREACHED_EVENTS },
    ...CUSTOMER_KINDS.map((kind) => ({ table: FACT_TABLES[kind], where: unreachedFacts(kind) })),
    ...Object.keys(ROOM_TABLES).map((table) => ({ table, where: UNREACHED_IN_ROOMS })),
    { table: DEAD_LETTERS_TABLE, where: UNREACHED_LETTERS },
  ];
}

/** Runs a statement to its end, on every replica. @throws ClickHouse's error */
async function rewrite(client: ClickHouseClient, query: string): Promise<void> {
  await client.command({
    query,
    clickhouse_settings: {
      mutations_sync: '2',
      alter_sync: '2',
      // What is asked of another table is the same on every replica.
      allow_nondeterministic_mutations: 1,
      insert_deduplicate: 0,
      max_partitions_per_insert_block: '0',
    },
  });
}
