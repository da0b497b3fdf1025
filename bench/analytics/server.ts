import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { readMigrationSettings } from '../../consumer/config.ts';
import { migrate } from '../../consumer/persist/migrate.ts';
import { clickHouseAnswers, startClickHouse } from '../../local/clickhouse/clickhouse.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';

/** What a query may take: as much as on a machine that is made for a hundred million events. */
const QUERY_MEMORY = { CLICKHOUSE_QUERY_MEMORY_BYTES: '6000000000' };
const UP = { timeoutMs: 120_000 };
/** Longer than a query may take. */
const REQUEST_MS = 3_600_000;

export interface Server {
  readonly client: ClickHouseClient;
  readonly pid: number;
  /** Of its data. */
  readonly dir: string;
}

/**
 * A ClickHouse of its own with the tables, for as long as the work takes.
 * @param keptDir its data stays there; without it, in a folder that is removed
 */
export async function onServer<Result>(
  keptDir: string | undefined,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const dir = keptDir ?? (await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-')));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const env = { ...process.env, ...QUERY_MEMORY };
  const server = await startClickHouse({ dir, port, env, logFile: join(dir, 'log') });
  const stop = async () => {
    await server.stop();
    if (keptDir === undefined) await rm(dir, { recursive: true, force: true });
  };
  const interrupted = () => void stop().finally(() => process.exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const url = `${address}/bench`;
  const client = createClient({ url, request_timeout: REQUEST_MS, log: { level: ClickHouseLogLevel.OFF } });
  try {
    await waitFor(() => clickHouseAnswers(address), UP);
    await migrate(readMigrationSettings({ CLICKHOUSE_URL: url }));
    return await work({ client, pid: server.pid, dir });
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await client.close();
    await stop();
  }
}
