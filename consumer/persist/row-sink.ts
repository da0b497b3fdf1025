import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { answers } from './clickhouse.ts';
import { inChunks } from './in-chunks.ts';
import { formatOf } from './tables.ts';

/** Rows of one table, as it takes them. */
export interface Rows {
  readonly count: number;
  /** Each of whole rows. */
  readonly pieces: readonly Buffer[];
}

/** Where rows go. */
export interface RowSink {
  /**
   * Inserts rows, of which all stand then; one inserted again is the same row. Once it has ended, in whichever way, the
   * rows are not read any more: their memory may be another's.
   * @throws what `insertFault` sorts
   */
  insert(table: string, rows: Rows, signal: AbortSignal): Promise<void>;
  /** Whether ClickHouse answers a query. */
  answers(): Promise<boolean>;
}

/** ClickHouse, over HTTP: the bytes of the rows as they are. */
export function clickHouseSink(client: ClickHouseClient): RowSink {
  return {
    insert: async (table, { pieces }, signal) => {
      const body = Readable.from(inChunks([formatOf(table).header, ...pieces]), { objectMode: false });
      try {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} FORMAT RowBinaryWithNamesAndTypes`,
          values: body,
          clickhouse_settings: {
            // Tried again after it failed between the table and its materialized views, it must reach these as well.
            deduplicate_blocks_in_dependent_materialized_views: 1,
            // Whoever reads puts the copies of a row together, so an insert need not look for any in itself.
            optimize_on_insert: 0,
          },
          abort_signal: signal,
        });
        // Only an answer that was read to its end lets the connection go.
        await finished(stream.resume());
      } finally {
        // Of one that was answered before all of it was sent, the rest must not be.
        body.destroy();
      }
    },
    answers: () => answers(client),
  };
}
