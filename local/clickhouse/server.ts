import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type } from 'arktype';
import { wholeNumber } from '../../schemas/settings.ts';
import { openEngine } from './engine.ts';
import { createClickHouseServer } from './http.ts';
import { OWN_USERS, readUsers } from './users.ts';

/**
 * ClickHouse's engine behind its HTTP interface, as a process of its own: `node local/clickhouse/server.ts`, started
 * by `startClickHouse` with the threads that the engine needs. It ends by SIGTERM, or when its parent is gone.
 */
const settings = type({
  CLICKHOUSE_PORT: 'string.integer.parse',
  CLICKHOUSE_DIR: 'string > 0',
  // The SQL that makes the users of a server; without it, there are `default` and `reader`.
  'CLICKHOUSE_USERS_FILE?': 'string > 0',
  // What a query may take. With more data and more memory than most have, it can be more.
  CLICKHOUSE_QUERY_MEMORY_BYTES: wholeNumber(100_000_000, 1_000_000_000_000).default('300000000'),
}).assert(process.env);

/** Queries that run when the end is asked for may take so long to finish. */
const FINISH_BOUND_MS = 8000;
const SWEEP_MS = 20;

const file = settings.CLICKHOUSE_USERS_FILE;
const users = file === undefined ? OWN_USERS : readUsers(readFileSync(file, 'utf8'));
const engine = openEngine(settings.CLICKHOUSE_DIR, settings.CLICKHOUSE_QUERY_MEMORY_BYTES, users.roles);
const server = createClickHouseServer(engine, users);
server.listen(settings.CLICKHOUSE_PORT, '127.0.0.1');
await once(server, 'listening');
console.log(`listening on 127.0.0.1:${settings.CLICKHOUSE_PORT}`);

let ending = false;
async function end(why: string): Promise<void> {
  if (ending) return;
  ending = true;
  console.log(`ending: ${why}`);
  server.close();
  // A connection whose last answer is out would stay open for another request.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const finished = once(server, 'close').then(() => true);
  const inTime = await Promise.race([finished, pause(FINISH_BOUND_MS, false)]);
  clearInterval(sweep);
  // A connection closed under a running query aborts the process; the data folder can bear an end without it.
  if (inTime) engine.close();
  process.exit(0);
}

process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
process.on('disconnect', () => end('the parent is gone'));
