import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { wholeNumber } from '../../consumer/cli/values.ts';
import { waitFor } from '../../local/wait.ts';
import { EVENTS_OF_A_SESSION } from './business.ts';
import { bringUpToDate } from './kept.ts';
import { load } from './load.ts';

/** What a data folder holds. */
export interface Loaded {
  readonly events: number;
  readonly days: number;
  /** When the last of them was received, Unix seconds. */
  readonly end: number;
  /** How long it took, to the end of the merges; seconds. */
  readonly took_s: number;
}

const FILE = 'loaded.json';
const MERGED = { timeoutMs: 1_800_000 };

export interface Filling {
  readonly client: ClickHouseClient;
  /** The data folder of ClickHouse. */
  readonly dir: string;
  readonly events: number;
  readonly days: number;
  readonly told: (what: string) => void;
}

/**
 * Loads the events, or uses those that the folder holds from before.
 * @throws Error where it holds others, or half of them
 */
export async function fill({ client, dir, events, days, told }: Filling): Promise<Loaded> {
  const before = await loadedBefore(dir);
  if (before !== undefined) {
    if (before.events !== events || before.days !== days)
      throw new Error(`${dir} holds ${before.events} events of ${before.days} days: take another folder`);
    told(`${events.toLocaleString('en')} events are there from before`);
    await bringUpToDate(client);
    return before;
  }
  if ((await numberOf(client, 'SELECT count() AS n FROM events_rows')) > 0)
    throw new Error(`the loading of ${dir} did not end: remove the folder`);
  const began = performance.now();
  const end = Math.floor(Date.now() / 1000);
  const business = { sessions: Math.round(events / EVENTS_OF_A_SESSION), days, end };
  await load(client, business, (stand) => {
    const rate = stand / ((performance.now() - began) / 1000);
    told(`${stand.toLocaleString('en')} events loaded, ${Math.round(rate).toLocaleString('en')} a second`);
  });
  told('waiting until the parts are merged');
  const merges = `SELECT count() AS n FROM system.merges WHERE database = currentDatabase()`;
  await waitFor(async () => (await numberOf(client, merges)) === 0, MERGED);
  const loaded = { events, days, end, took_s: Math.round((performance.now() - began) / 1000) };
  await writeFile(join(dir, FILE), JSON.stringify(loaded));
  return loaded;
}

async function loadedBefore(dir: string): Promise<Loaded | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, FILE), 'utf8'));
  } catch {
    return undefined;
  }
}

async function numberOf(client: ClickHouseClient, query: string): Promise<number> {
  const [row] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ n: string }>();
  return Number(row?.n);
}

/** `10000000,100000000`. @throws InvalidArgumentError */
export function sizes(value: string): number[] {
  return value.split(',').map(wholeNumber({ from: 10_000, to: 10_000_000_000 }));
}
