import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { commandLine, runCommand } from '../consumer/cli/command.ts';
import { wholeNumber } from '../consumer/cli/values.ts';
import { readMigrationSettings } from '../consumer/config.ts';
import { migrate } from '../consumer/persist/migrate.ts';
import { clickHouseAnswers, startClickHouse } from '../local/clickhouse/clickhouse.ts';
import { freePort } from '../local/ports.ts';
import { waitFor } from '../local/wait.ts';
import { load } from './analytics/load.ts';
import { measure } from './analytics/measure.ts';
import { asTable } from './analytics/table.ts';
import { ROOMY } from './store.ts';

/**
 * `npm run bench:analytics [-- --events 10000000 --runs 7 --json]`: loads events into a ClickHouse of its own and times
 * every query of the library, warm. Progress goes to stderr, the table or the JSON to stdout.
 */
await runCommand(async () => {
  const { events, runs, json } = commandLine('bench:analytics', 'Times every query of the library, warm.')
    .option('--events <n>', 'how many are loaded', wholeNumber({ from: 1_000 }), 10_000_000)
    .option('--runs <n>', 'how often each query is timed', wholeNumber({ from: 1 }), 7)
    .option('--json', 'one JSON object')
    .parse(process.argv.slice(2), { from: 'user' })
    .opts();
  const found = await onServer((server) => timed(server, events, runs));
  process.stdout.write(json ? `${JSON.stringify({ runs, ...found }, null, 2)}\n` : asTable(found.timings));
  return 0;
});

interface Server {
  /** With the name of its database. */
  readonly url: string;
  readonly pid: number;
  readonly client: ClickHouseClient;
}

/** A ClickHouse of its own, for as long as the work takes. */
async function onServer<Result>(work: (server: Server) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const server = await startClickHouse({
    dir,
    port,
    env: { ...process.env, ...ROOMY },
    logFile: join(dir, 'log'),
  });
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop().then(() => process.exit(1)));
  const url = `${address}/bench`;
  const client = createClient({ url, request_timeout: 600_000, log: { level: ClickHouseLogLevel.OFF } });
  try {
    await waitFor(() => clickHouseAnswers(address), { timeoutMs: 30_000 });
    return await work({ url, pid: server.pid, client });
  } finally {
    await client.close();
    await stop();
  }
}

async function timed({ url, pid, client }: Server, events: number, runs: number) {
  await migrate(readMigrationSettings({ CLICKHOUSE_URL: url }));
  const end = new Date(Math.floor(Date.now() / 1000) * 1000);
  await load(client, events, end, (what) => tell(`loading ${what}`));
  tell('waiting until the parts are merged');
  const merges = 'SELECT count() AS n FROM system.merges';
  await waitFor(async () => (await numberOf(client, merges)) === 0, { timeoutMs: 300_000 });
  const loaded = await numberOf(client, 'SELECT count() AS n FROM events');
  tell(`${loaded} events`);
  const timings = await measure({ client, end, runs, pid, told: (name) => tell(`asking ${name}`) });
  return { events: loaded, timings };
}

function tell(line: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}`);
}

async function numberOf(client: ClickHouseClient, query: string): Promise<number> {
  const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>();
  return Number(row?.n);
}
