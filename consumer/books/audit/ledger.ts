import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import type { Range } from './ranges.ts';

/** One entry of the view `audit`: of an outbox as a whole (kind `*`) or of one kind in it. */
export interface Entry {
  readonly app_id: string;
  readonly outbox: string;
  readonly kind: string;
  readonly expected: number;
  readonly stored: number;
  readonly dead_letters: number;
  readonly dismissed: number;
  readonly missing: number;
  readonly missing_sequences: readonly Range[];
  readonly unexpected: number;
  readonly repeated: number;
  readonly repeated_sequences: readonly Range[];
  readonly counted_twice: number;
}

/** The entries of ClickHouse's books; both in the order of outbox and kind. */
export interface Ledger {
  readonly outboxes: ReadonlyMap<string, Entry>;
  readonly kinds: readonly Entry[];
  /** Places that name an outbox, by its name, which never gave them out. */
  readonly foreign: ReadonlyMap<string, Foreign>;
}

/** Places that no outbox gave out. */
export interface Foreign {
  readonly places: number;
  /** Those of them that stand in `events`, so that answers count them; the others are dead letters. */
  readonly counted: number;
}

const QUERY = `SELECT app_id, outbox, kind, expected, stored, dead_letters, dismissed, missing, missing_sequences,
    unexpected, repeated, repeated_sequences, counted_twice
  FROM audit WHERE {app:String} = '' OR app_id = {app:String} ORDER BY outbox, kind`;

const FOREIGN = `SELECT toString(outbox) AS outbox, count() AS places,
    countIf((outbox, sequence) IN (SELECT outbox, sequence FROM events_rows WHERE sequence IN (
      SELECT sequence FROM foreign_places FINAL WHERE is_foreign))) AS counted
  FROM foreign_places FINAL
  WHERE is_foreign AND ({app:String} = '' OR startsWith(outbox, concat({app:String}, '/'))) GROUP BY outbox`;

/** Reads ClickHouse's books. @throws what the client throws */
export async function readLedger(client: ClickHouseClient, app: string | undefined): Promise<Ledger> {
  const result = await client.query({
    query: QUERY,
    query_params: { app: app ?? '' },
    format: 'JSONEachRow',
    // Sequence numbers are far from what a double cannot hold.
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  const entries = await result.json<Entry>();
  const foreign = await rowsOf<Foreign & { outbox: string }>(client, FOREIGN, { app: app ?? '' });
  const wholes = entries.filter(({ kind }) => kind === '*');
  return {
    outboxes: new Map(wholes.map((entry) => [entry.outbox, entry])),
    kinds: entries.filter(({ kind }) => kind !== '*'),
    foreign: new Map(foreign.map(({ outbox, ...found }) => [outbox, found])),
  };
}
