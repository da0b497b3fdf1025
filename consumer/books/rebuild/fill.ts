import type { ClickHouseClient } from '@clickhouse/client';
import type { StreamEvent } from '../../../schemas/event.ts';
import { fixedTime } from '../../../schemas/fixed-time.ts';
import { normalize } from '../../normalize/normalize.ts';
import type { FactColumns } from '../../normalize/row.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../persist/tables.ts';
import type { Gone } from '../retention/kept.ts';
import { insertOrRefuse, type Refused } from './insert-or-refuse.ts';
import type { Scope } from './options.ts';
import type { Repeats } from './repeats.ts';
import { and, type Condition, ofKind, run, type Window, within } from './sql.ts';

// They are named in the URL, of which servers take 16 kB.
const IDS_AT_ONCE = 200;

/** What a shadow is filled with. */
export interface Filling {
  readonly scope: Scope;
  readonly shadow: string;
  /** Get no row of their own. */
  readonly repeats: Repeats;
  /** What is no longer kept, and so out of reach. */
  readonly gone: Gone;
}

/** What became of the events of a window. */
export interface Filled {
  readonly events: number;
  /** Those of them that had been accepted before. */
  readonly repeated: number;
  readonly refused: readonly Refused[];
  /** Rows of refused events, which stay as they are. */
  readonly kept: number;
}

/**
 * Normalizes the events of a window into the shadow table. The row of an event that is refused stays as it is: it
 * goes over unchanged, and an event without a row stays the open dead letter that it is.
 */
export async function fill(
  client: ClickHouseClient,
  filling: Filling,
  window: Window,
  where: Condition,
): Promise<Filled> {
  const { scope, shadow, repeats } = filling;
  const events = await readEvents(client, and(ofKind(scope), where, within(window)));
  const rows: FactColumns[] = [];
  const refused: Refused[] = [];
  let repeated = 0;
  for (const event of events) {
    const normalized = normalize(event, event.payload);
    if (normalized.outcome === 'row' && repeats.has(normalized.row)) repeated++;
    else if (normalized.outcome === 'row') rows.push(normalized.row);
    else if (normalized.outcome === 'refused') refused.push({ id: event.id, reason: normalized.reason });
  }
  refused.push(...(await insertOrRefuse(client, shadow, rows)));
  const kept = await keep(client, filling, window, refused);
  return { events: events.length, repeated, refused, kept };
}

interface EventColumns extends Omit<FactColumns, 'event_id'> {
  readonly id: string;
  readonly payload: string;
  readonly kind: StreamEvent['kind'];
}

async function readEvents(client: ClickHouseClient, { sql, params }: Condition): Promise<StreamEvent[]> {
  const rows = await rowsOf<EventColumns>(
    client,
    `SELECT event_id AS id, app_id, kind, occurred_at, received_at, outbox, sequence, payload
     FROM ${EVENTS_TABLE} FINAL WHERE ${sql}`,
    params,
  );
  return rows.map(({ id, app_id, kind, occurred_at, received_at, outbox, sequence, payload }) => ({
    id,
    app: app_id,
    kind,
    // Where it goes in Kafka: no row holds it, and events does not keep it.
    subject: '',
    occurredMs: fixedTime(occurred_at),
    receivedMs: fixedTime(received_at),
    outbox,
    sequence,
    payload,
  }));
}

/** Takes the rows of refused events over as they are. @returns how many there are */
async function keep(
  client: ClickHouseClient,
  { scope: { table }, shadow }: Filling,
  window: Window,
  refused: readonly Refused[],
): Promise<number> {
  let kept = 0;
  for (let start = 0; start < refused.length; start += IDS_AT_ONCE) {
    const ids = refused.slice(start, start + IDS_AT_ONCE).map(({ id }) => id);
    const { sql, params } = and(within(window), { sql: 'event_id IN {ids:Array(String)}', params: { ids } });
    const rows = `FROM ${table} FINAL WHERE ${sql}`;
    const [found] = await rowsOf<{ n: number }>(client, `SELECT count() AS n ${rows}`, params);
    if (found === undefined || found.n === 0) continue;
    kept += found.n;
    await run(client, `INSERT INTO ${shadow} SELECT * ${rows}`, params);
  }
  return kept;
}
