import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Contender } from '../contender.ts';

export const RAW_INSERT = 'raw insert';

/**
 * The most that ClickHouse takes: the same rows in its own format, encoded before, in blocks of 50,000, one insert
 * after the other. Neither Kafka nor JSON is in it.
 * @param dir has the blocks, from `encode`
 */
export function rawInsert(dir: string): Contender {
  return {
    name: RAW_INSERT,
    start: async ({ store }) => ({ work: insertAll(store.client, dir) }),
  };
}

async function insertAll(client: ClickHouseClient, dir: string): Promise<void> {
  for (const table of await readdir(dir)) {
    for (const block of await readdir(join(dir, table))) await insert(client, table, join(dir, table, block));
  }
}

async function insert(client: ClickHouseClient, table: string, path: string): Promise<void> {
  const query = 'INSERT INTO {table:Identifier} FORMAT Native';
  const { stream } = await client.exec({ query, query_params: { table }, values: createReadStream(path) });
  stream.resume();
}
