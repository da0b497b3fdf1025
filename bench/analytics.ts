import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { readMigrationSettings } from '../consumer/config.ts';
import { migrate } from '../consumer/persist/migrate.ts';
import { clickHouseAnswers, startClickHouse } from '../local/clickhouse/clickhouse.ts';
import { freePort } from '../local/ports.ts';
import { waitFor } from '../local/wait.ts';
import { load } from './analytics/load.ts';
import { measure } from './analytics/measure.ts';
import { asTable } from './analytics/table.ts';

/**
 * `npm run bench:analytics [-- --events 10000000 --runs 7 --json]`: loads events into a ClickHouse of its own and times
 * every query of the library, warm. Progress goes to stderr, the table or the JSON to stdout.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    runs: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});
const events = Number(values.events);
const runs = Number(values.runs);
if (!(Number.isInteger(events) && events >= 1000 && Number.isInteger(runs) && runs >= 1)) {
  console.error('--events must be 1000 or more, --runs 1 or more');
  process.exit(1);
}

const began = performance.now();
const progress = (line: string) =>
  console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}`);

const dir = await mkdtemp(join(tmpdir(), 'qiscus-stream-bench-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startClickHouse({ dir, port, env: process.env, logFile: join(dir, 'log') });
const stop = async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop().then(() => process.exit(1)));

const client = createClient({
  url: `${url}/bench`,
  request_timeout: 600_000,
  log: { level: ClickHouseLogLevel.OFF },
});
try {
  await waitFor(() => clickHouseAnswers(url), { timeoutMs: 30_000 });
  await migrate(readMigrationSettings({ CLICKHOUSE_URL: `${url}/bench` }));
  const end = new Date(Math.floor(Date.now() / 1000) * 1000);
  await load(client, events, end, (what) => progress(`loading ${what}`));
  progress('waiting until the parts are merged');
  await waitFor(async () => (await numberOf('SELECT count() AS n FROM system.merges')) === 0, {
    timeoutMs: 300_000,
  });
  const loaded = await numberOf('SELECT count() AS n FROM events');
  progress(`${loaded} events`);
  const timings = await measure({
    client,
    end,
    runs,
    pid: server.pid,
    told: (name) => progress(`asking ${name}`),
  });
  process.stdout.write(
    values.json ? `${JSON.stringify({ events: loaded, runs, timings }, null, 2)}\n` : asTable(timings),
  );
} finally {
  await client.close();
  await stop();
}

async function numberOf(query: string): Promise<number> {
  const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>();
  return Number(row?.n);
}
