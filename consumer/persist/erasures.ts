import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { rowsOf } from './clickhouse.ts';
import { ERASURES_TABLE } from './tables.ts';

/** What is known of events that were erased. */
export interface ErasureSource {
  /** How many rows there are: another number means that there is more to know. */
  count(): Promise<number>;
  /** All ids. */
  ids(): Promise<readonly string[]>;
  /** What is left of the bodies of some of them. */
  payloads(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const COUNT_TIMEOUT_MS = 2_000;
// They are named in the URL, of which servers take 16 kB.
const IDS_AT_ONCE = 200;
/** The table, or its database, is not there: nothing can have been erased. */
const NOT_THERE: ReadonlySet<string> = new Set(['60', '81']);

/** The table `erasures`. Each method throws ClickHouse's error. */
export function clickHouseErasures(client: ClickHouseClient): ErasureSource {
  return {
    count: async () => {
      try {
        const result = await client.query({
          query: `SELECT count() AS n FROM ${ERASURES_TABLE}`,
          format: 'JSONEachRow',
          clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
          // It is in the way of every lot: over a connection that died without a word, it must not wait for long.
          abort_signal: AbortSignal.timeout(COUNT_TIMEOUT_MS),
        });
        const [row] = await result.json<{ n: number }>();
        return row?.n ?? 0;
      } catch (error) {
        if (error instanceof ClickHouseError && NOT_THERE.has(error.code)) return 0;
        throw error;
      }
    },
    ids: async () => {
      const rows = await rowsOf<{ event_id: string }>(
        client,
        `SELECT DISTINCT event_id FROM ${ERASURES_TABLE}`,
      );
      return rows.map(({ event_id }) => event_id);
    },
    payloads: async (ids) => {
      const found = new Map<string, string>();
      for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
        const rows = await rowsOf<{ event_id: string; payload: string }>(
          client,
          `SELECT event_id, payload FROM ${ERASURES_TABLE} FINAL WHERE event_id IN {ids:Array(String)}`,
          { ids: ids.slice(start, start + IDS_AT_ONCE) },
        );
        for (const { event_id, payload } of rows) found.set(event_id, payload);
      }
      return found;
    },
  };
}
