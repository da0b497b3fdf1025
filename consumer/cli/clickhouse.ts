import type { ClickHouseClient } from '@clickhouse/client';
import { advice } from '../query-faults.ts';
import { CommandError } from './command.ts';

/**
 * Does a command's work with a client, and closes it.
 * @param url of the server, without a password
 * @throws CommandError saying what to do where ClickHouse does not answer or refuses; else what the work throws
 */
export async function withClickHouse<Result>(
  client: ClickHouseClient,
  url: string,
  work: (client: ClickHouseClient) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(client);
  } catch (error) {
    const told = advice(error, url);
    throw told === undefined ? error : new CommandError(told, { cause: error });
  } finally {
    await client.close();
  }
}
