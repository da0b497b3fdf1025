import { mkdir, mkdtemp, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Child } from '../local/child.ts';
import { clickHouseAnswers, startClickHouse } from '../local/clickhouse/clickhouse.ts';
import { freePort } from '../local/ports.ts';
import { waitFor } from '../local/wait.ts';
import type { Processes } from './processes.ts';

/** Millions of events are more than the local server is made for: its queries get the memory that a real one gives. */
export const ROOMY = { CLICKHOUSE_QUERY_MEMORY_BYTES: '2000000000' };

const UP = { timeoutMs: 60_000 };
const QUERY_TIMEOUT_MS = 300_000;
const STREAMING_THREADS = 16;

/** A ClickHouse of its own with the tables. */
export interface Store {
  readonly server: Child;
  /** As `CLICKHOUSE_URL` has it. */
  readonly url: string;
  readonly client: ClickHouseClient;
  /** Ends it and gives its disk space back; its files, empty by then, go with the benchmark's folder. */
  end(): Promise<void>;
}

/** Starts a ClickHouse on a free port and makes the tables. */
export async function startStore(processes: Processes): Promise<Store> {
  const { env, logFile } = processes;
  const dir = await mkdtemp(join(processes.dir, 'clickhouse-'));
  await streamAsServer(dir);
  const port = await freePort();
  const server = await processes.started(startClickHouse({ dir, port, env: { ...env, ...ROOMY }, logFile }));
  const base = `http://127.0.0.1:${port}`;
  await waitFor(() => clickHouseAnswers(base), UP);
  const url = `${base}/qiscus`;
  await processes.run('making the tables', 'consumer/persist/migrate.ts', { CLICKHOUSE_URL: url });
  const client = clientOf(url);
  const end = async () => {
    await client.close();
    await processes.stop(server);
    await emptyFiles(dir);
  };
  return { server, url, client, end };
}

/**
 * The embedded engine reads Kafka with as many threads as there are cores, for all tables together: with two, most
 * tables wait while two of them poll. clickhouse-server has 16.
 */
async function streamAsServer(dir: string): Promise<void> {
  const name = 'background_message_broker_schedule_pool_size';
  const more = join(dir, 'access', 'config.d');
  await mkdir(more, { recursive: true });
  const config = `<clickhouse><${name}>${STREAMING_THREADS}</${name}></clickhouse>\n`;
  await writeFile(join(more, 'streaming.xml'), config);
}

/**
 * ext4 without a journal, as virtual machines have it, passes over each file that was deleted in the last minutes whenever
 * it makes a new one: deleted, the parts of one turn would take a fifth of ClickHouse's processor time in the next.
 */
async function emptyFiles(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) await truncate(join(entry.parentPath, entry.name));
}

function clientOf(url: string): ClickHouseClient {
  return createClient({
    url,
    request_timeout: QUERY_TIMEOUT_MS,
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { wait_end_of_query: 1 },
  });
}
