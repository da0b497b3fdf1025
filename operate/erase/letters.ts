import type { ClickHouseClient } from '@clickhouse/client';
import { dateTime } from '../../consumer/normalize/date-time-text.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import { DEAD_LETTERS_TABLE } from '../../consumer/persist/tables.ts';
import { rfc3339 } from '../../schemas/date-time.ts';
import { type Erased, erased } from '../../schemas/erase.ts';
import { type Erasure, kindOf, paramsOf, type Wanted } from './erasure.ts';
import { mayNameSql, ROOMS_ALONE, THEIR_EVENTS } from './sql.ts';

interface LetterRow {
  readonly id: string;
  readonly event_id: string;
  readonly app_id: string;
  readonly kind: string;
  readonly occurred_at: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly source: string;
  readonly received: string;
  readonly outbox: string;
  readonly sequence: number;
  readonly chain: string;
  readonly body: string;
  readonly is_theirs: boolean;
}

/** Dead letters that are theirs or name them. Of what could not be decoded, nothing stays. */
export async function findLetters(client: ClickHouseClient, wanted: Wanted): Promise<Erasure[]> {
  const person = { ids: new Set(wanted.ids) };
  const rows = await rowsOf<LetterRow>(
    client,
    `SELECT id, event_id, app_id, kind, occurred_at, topic, partition, offset,
       tryBase64Decode(headers['ce_source']) AS source, tryBase64Decode(headers['ce_receivedtime']) AS received,
       tryBase64Decode(headers['ce_outbox']) AS outbox, toUInt64OrZero(tryBase64Decode(headers['ce_sequence'])) AS sequence,
       tryBase64Decode(headers['ce_chain']) AS chain,
       toValidUTF8(tryBase64Decode(assumeNotNull(value))) AS body,
       event_id IN (${THEIR_EVENTS})
         OR (kind NOT IN ('', 'unrecognized', 'agent-logout')
             AND tryBase64Decode(headers['ce_subject']) IN (${ROOMS_ALONE})) AS is_theirs
     FROM ${DEAD_LETTERS_TABLE}
     WHERE value IS NOT NULL AND app_id IN ({app:String}, '')
       AND (app_id != '' OR source IN ('', {source:String}))
       AND (is_theirs OR ${mayNameSql('body')})`,
    { ...paramsOf(wanted), source: `/qiscus/${wanted.app}` },
  );
  return rows.flatMap((row) => {
    const kind = row.event_id === '' ? 'unrecognized' : kindOf(row.kind);
    const left = erased({ kind, payload: row.body, isTheirs: Boolean(row.is_theirs) }, person);
    return left === undefined ? [] : [letterErasure(row, left)];
  });
}

function letterErasure(row: LetterRow, { payload, isTheirs }: Erased): Erasure {
  const receivedMs = rfc3339(row.received) ?? 0;
  const { occurred_at, topic, partition, offset, outbox, sequence, chain, app_id } = row;
  const place = { app_id, occurred_at, received_at: dateTime(receivedMs), topic, partition, offset };
  const isEvent = row.event_id !== '';
  return {
    ...place,
    event_id: row.id,
    outbox: isEvent ? outbox : '',
    sequence: isEvent ? sequence : 0,
    kind: row.kind,
    payload,
    is_theirs: isTheirs,
    chain: isEvent ? chain : '',
  };
}
