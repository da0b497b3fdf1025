import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseTarget } from '../../consumer/config.ts';
import { isLoopback } from '../../consumer/loopback.ts';
import { clickHouseClient, rowsOf } from '../../consumer/persist/clickhouse.ts';
import { advice, queryFault } from '../../consumer/query-faults.ts';
import { type Finding, findingsOf, inParts } from './finding.ts';
import { lookAtReader, lookAtWriter } from './grants.ts';
import type { Places } from './settings.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'consumer', 'persist', 'sql', 'migrations');
const TIMEOUT_MS = 10_000;
const CLOCK_MS = 5_000;
const { ok, warning, failure } = findingsOf('clickhouse');

/** Looks at ClickHouse as the consumer's user sees it, and as the dashboard's. Never throws what ClickHouse says. */
export async function lookAtClickHouse(places: Places, nowMs: () => number): Promise<Finding[]> {
  const target = places.CLICKHOUSE_URL;
  return withClient(target, async (client) => {
    const askedMs = nowMs();
    const query = 'SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now_ms';
    const [server] = await rowsOf<{ version: string; now_ms: number }>(client, query);
    const offMs = Math.abs((server?.now_ms ?? 0) - (askedMs + nowMs()) / 2);
    return [
      ok(`answers at ${target.url}: version ${server?.version}`),
      ...(await ofMigrations(client)),
      ...(offMs > CLOCK_MS ? [clockOff(offMs)] : []),
      ...(await ofWriter(client, target)),
      ...(await ofReader(places)),
    ];
  });
}

function clockOff(offMs: number): Finding {
  return warning(`its clock and this machine's are ${Math.round(offMs / 1_000)} s apart`, 'Set both by NTP.');
}

async function ofMigrations(client: ClickHouseClient): Promise<Finding[]> {
  const versions = (await readdir(MIGRATIONS)).map((name) => Number(name.split('_')[0]));
  const newest = Math.max(...versions);
  const rows = await rowsOf<{ version: number }>(
    client,
    'SELECT max(version) AS version FROM _migrations',
  ).catch((error: unknown) => {
    if (queryFault(error) === 'not-migrated') return [{ version: 0 }];
    throw error;
  });
  const version = rows[0]?.version ?? 0;
  if (version === newest) return [ok(`has all ${versions.length} migrations`)];
  if (version < newest)
    return [failure(`has migrations up to ${version} of ${newest}`, 'Run "npm run migrate".')];
  return [
    failure(
      `was migrated by a later version (${version}; here up to ${newest})`,
      'Run this from that version.',
    ),
  ];
}

/** On this machine, where all is for trying out, the user that may do everything is none to warn of. */
async function ofWriter(client: ClickHouseClient, target: ClickHouseTarget): Promise<Finding[]> {
  const { lacks, exceeds } = await lookAtWriter(client, target);
  return isLoopback(new URL(target.url).hostname) ? lacks : [...lacks, ...exceeds];
}

async function ofReader(places: Places): Promise<Finding[]> {
  const target = places.CLICKHOUSE_READER_URL ?? {
    ...places.CLICKHOUSE_URL,
    username: 'reader',
    password: '',
  };
  return withClient(target, async (client) => [await lookAtReader(client, target.username)]);
}

async function withClient(
  target: ClickHouseTarget,
  work: (client: ClickHouseClient) => Promise<Finding[]>,
): Promise<Finding[]> {
  const client = clickHouseClient(target, { requestTimeoutMs: TIMEOUT_MS });
  try {
    return await work(client);
  } catch (error) {
    const told = advice(error, target.url);
    if (told === undefined) throw error;
    const { what, mend } = inParts(told);
    return [failure(`as ${target.username}: ${what}`, mend)];
  } finally {
    await client.close();
  }
}
