import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { FACT_KINDS } from '../../../schemas/webhooks.ts';
import { receivedMs } from '../backlog.ts';
import { EVENTS_TABLE, TABLES, viewOf } from '../tables.ts';

const BLOCK_ROWS = 50_000;

const BLOCK = `SELECT * FROM {view:Identifier}
WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
ORDER BY received_at
FORMAT Native`;

/**
 * Writes the rows of full tables in ClickHouse's own format, in blocks of 50,000 and in the order in which their events
 * came: a folder for each table, a file for each block. A row that stands twice is written once: which of its copies
 * comes last in a block would be chance.
 * @param client of the ClickHouse with the rows @param events how many there are
 */
export async function encode(client: ClickHouseClient, events: number, dir: string): Promise<void> {
  for (const table of TABLES) {
    await mkdir(join(dir, table), { recursive: true });
    // One event in so many has a row in a fact table.
    const step = table === EVENTS_TABLE ? BLOCK_ROWS : BLOCK_ROWS * FACT_KINDS.length;
    for (let first = 0; first < events; first += step) {
      const { stream } = await client.exec({
        query: BLOCK,
        query_params: { view: viewOf(table), from: receivedMs(first), to: receivedMs(first + step) },
        clickhouse_settings: { wait_end_of_query: 0 },
      });
      await pipeline(stream, createWriteStream(join(dir, table, `${first}`)));
    }
  }
}
