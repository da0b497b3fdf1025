import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Child } from '../../local/child.ts';
import { clickHouseAnswers, startClickHouse } from '../../local/clickhouse/clickhouse.ts';
import { freePort } from '../../local/ports.ts';
import { waitFor } from '../../local/wait.ts';
import { undoAfterwards } from './clean-up.ts';
import { baseEnvironment } from './environment.ts';
import { copyMigrated, run } from './migrated.ts';
import { runScript } from './programs.ts';
import { sharedClickHouse, sharedMigrated, testDir } from './shared.ts';

/** A database of a test's own. */
export type Database = {
  /** With the database in its path, as the consumer's CLICKHOUSE_URL. */
  url: string;
  name: string;
  client: ClickHouseClient;
  /** Rows of a query, as JSONEachRow. */
  rows<T = Record<string, unknown>>(query: string, params?: Record<string, unknown>): Promise<T[]>;
};

/** A new database with the project's migrations applied; dropped after the test. */
export async function freshDatabase(server?: string): Promise<Database> {
  if (server === undefined) {
    const clickHouse = await sharedMigrated();
    const name = uniqueName();
    await copyMigrated(clickHouse, name);
    return access(clickHouse.url, name, { isDropped: true });
  }
  const database = await emptyDatabase(server);
  await runScript('consumer/persist/migrate.ts', { CLICKHOUSE_URL: database.url });
  return database;
}

/**
 * A new database without tables; dropped after the test.
 * @param server the URL of another ClickHouse than the shared one
 */
export async function emptyDatabase(server?: string): Promise<Database> {
  const base = server ?? (await sharedClickHouse());
  const name = uniqueName();
  await run(base, `CREATE DATABASE ${name}`);
  // A server of the test's own may be gone by the end, with all its data.
  return access(base, name, { isDropped: server === undefined });
}

function uniqueName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

/** What a test has of a database. @param isDropped whether it is, after the test */
function access(base: string, name: string, { isDropped }: { isDropped: boolean }): Database {
  const url = new URL(`/${name}`, base).href;
  // What goes wrong is the test's to judge; the client need not print it.
  const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } });
  undoAfterwards(async () => {
    await client.close();
    if (isDropped) await run(base, `DROP DATABASE ${name}`);
  });
  const rows = async <T>(query: string, params: Record<string, unknown> = {}) =>
    (await client.query({ query, query_params: params, format: 'JSONEachRow' })).json<T>();
  return { url, name, client, rows };
}

/** A ClickHouse of a test's own, on one port for as long as the test lasts. */
export type OwnClickHouse = {
  url: string;
  port: number;
  pid(): number;
  /** `kill -9`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
};

/**
 * Starts a ClickHouse for one test, to be killed and stopped at will; gone after the test.
 * @param usersFile the SQL that makes its users
 */
export async function startOwnClickHouse(usersFile?: string): Promise<OwnClickHouse> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dir = await testDir('clickhouse');
  let child: Child;
  const start = async () => {
    child = await startClickHouse({
      dir: join(dir, 'data'),
      port,
      ...(usersFile !== undefined && { usersFile }),
      env: baseEnvironment(),
      logFile: join(dir, 'log'),
    });
    await waitFor(() => clickHouseAnswers(url), { timeoutMs: 30_000 });
  };
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  undoAfterwards(kill);
  await start();
  return { url, port, pid: () => child.pid, kill, stop: async () => void (await child.stop()), start };
}
