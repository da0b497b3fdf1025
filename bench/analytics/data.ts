import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { wholeNumber } from '../../consumer/cli/values.ts';
import { BACKLOG_TABLE } from '../../consumer/persist/tables.ts';
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

/** How far a loading is; the folder of one that was stopped has it. */
interface Loading extends Omit<Loaded, 'took_s'> {
  /** Sessions of which all stands. */
  readonly sessions: number;
  /** How long it took so far, seconds. */
  readonly spent_s: number;
}

const LOADED_FILE = 'loaded.json';
const LOADING_FILE = 'loading.json';
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
 * Loads the events, or uses those that the folder holds from before; a loading that was stopped goes on.
 * @throws Error where it holds others
 */
export async function fill(filling: Filling): Promise<Loaded> {
  const { client, dir, events, days, told } = filling;
  const before =
    (await readJson<Loaded>(join(dir, LOADED_FILE))) ?? (await readJson<Loading>(join(dir, LOADING_FILE)));
  if (before !== undefined && (before.events !== events || before.days !== days))
    throw new Error(`${dir} holds ${before.events} events of ${before.days} days: take another folder`);
  if (before !== undefined && 'took_s' in before) {
    told(`${events.toLocaleString('en')} events are there from before`);
    await bringUpToDate(client);
    return before;
  }
  const start = { events, days, end: Math.floor(Date.now() / 1000), sessions: 0, spent_s: 0 };
  return goOn(filling, before ?? start);
}

async function goOn({ client, dir, told }: Filling, loading: Loading): Promise<Loaded> {
  const { events, days, end } = loading;
  const began = performance.now() - loading.spent_s * 1000;
  const spentSeconds = () => Math.round((performance.now() - began) / 1000);
  const business = { sessions: Math.round(events / EVENTS_OF_A_SESSION), days, end };
  const remember = (sessions: number, spent_s: number) =>
    writeFile(join(dir, LOADING_FILE), JSON.stringify({ ...loading, sessions, spent_s }));
  await remember(loading.sessions, loading.spent_s);
  await load(client, business, loading.sessions, async (sessions) => {
    const spent_s = spentSeconds();
    await remember(sessions, spent_s);
    const stand = sessions * EVENTS_OF_A_SESSION;
    const rate = Math.round(stand / spent_s);
    told(`${stand.toLocaleString('en')} events loaded, ${rate.toLocaleString('en')} a second`);
  });
  told('waiting until the parts are merged');
  // As the server does by itself within minutes.
  await client.command({ query: `OPTIMIZE TABLE ${BACKLOG_TABLE} FINAL` });
  const merges = `SELECT count() AS n FROM system.merges WHERE database = currentDatabase()`;
  await waitFor(async () => (await numberOf(client, merges)) === 0, MERGED);
  const loaded = { events, days, end, took_s: spentSeconds() };
  await writeFile(join(dir, LOADED_FILE), JSON.stringify(loaded));
  return loaded;
}

async function readJson<Content>(file: string): Promise<Content | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
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
