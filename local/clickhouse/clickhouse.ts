import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../child.ts';
import { ENGINE_THREADS } from './engine.ts';

export type ClickHouseOptions = {
  /** Holds the data; made when it is not there. */
  dir: string;
  port: number;
  /** The SQL that makes the users of a server. Without it there are `default`, and `reader` of all databases. */
  usersFile?: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
};

const SERVER = join(import.meta.dirname, 'server.ts');

// libuv's other work (files, compression, names) must not wait behind six long queries.
const OTHER_THREADS = 4;

/** Starts the local ClickHouse on 127.0.0.1. It is up when `clickHouseAnswers` resolves. */
export async function startClickHouse({
  dir,
  port,
  usersFile,
  env,
  logFile,
}: ClickHouseOptions): Promise<Child> {
  await mkdir(dir, { recursive: true });
  return startChild({
    command: process.execPath,
    args: [SERVER],
    env: {
      ...env,
      CLICKHOUSE_DIR: dir,
      CLICKHOUSE_PORT: String(port),
      ...(usersFile !== undefined && { CLICKHOUSE_USERS_FILE: usersFile }),
      UV_THREADPOOL_SIZE: String(ENGINE_THREADS + OTHER_THREADS),
      TZ: 'UTC',
    },
    logFile,
    ipc: true,
  });
}

/** Resolves when a ClickHouse server answers at `url`; rejects when it does not. */
export async function clickHouseAnswers(url: string): Promise<void> {
  const response = await fetch(new URL('/ping', url), { signal: AbortSignal.timeout(1000) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`ClickHouse answers ${response.status}`);
}
