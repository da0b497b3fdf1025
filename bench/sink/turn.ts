import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../consumer/cli/command.ts';
import type { Child } from '../../local/child.ts';
import type { Parts } from '../parts.ts';
import { type Store, startStore } from '../store.ts';
import { type Usage, usageOf, usedSince } from '../usage.ts';
import type { Contender, Started } from './contender.ts';
import { type Content, contentsOf, countRows, countRowsOnce } from './tables.ts';

const SAMPLE_MS = 100;
/** So much is stored when ClickHouse begins to hang. */
const HANG_AT = 0.3;
/** Two for each event: one in `events`, one in the table of its kind. */
const ROWS_OF_AN_EVENT = 2;
/** Longer than ClickHouse hangs, and than a group takes to begin. */
const STALLED_MS = 120_000;

/** A contender's turn: how long it took to store all events that waited, from its start on, and what it used. */
export interface Turn {
  readonly contender: string;
  readonly events: number;
  readonly seconds: number;
  /** From the start until the first rows stood. */
  readonly firstRowsSeconds: number;
  /** By its part: `consumer` is whatever stands between Kafka and ClickHouse, where that is a process of its own. */
  readonly usage: Readonly<Record<string, Usage>>;
  readonly contents: readonly Content[];
}

/** How a turn is taken. */
export interface Asked {
  readonly parts: Parts;
  readonly contender: Contender;
  readonly events: number;
  /** For so long ClickHouse hangs, once, without closing a connection; that time is not counted. */
  readonly hangMs?: number | undefined;
  /** Called while everything is stored and nothing runs. */
  readonly onStored?: ((store: Store) => Promise<void>) | undefined;
}

/** Has a contender fill the tables of a ClickHouse of its own. @throws CommandError when it stops before the end */
export async function takeTurn({ parts, contender, events, hangMs = 0, onStored }: Asked): Promise<Turn> {
  const store = await startStore(parts.processes);
  let started: Started = {};
  try {
    if (contender.keeps !== true) await keepNothing(store);
    const before = { clickhouse: usageOf(store.server), kafka: usageOf(parts.kafka) };
    const startMs = performance.now();
    started = await contender.start({ parts, store, group: `bench-${randomUUID()}` });
    const { program, work } = started;
    const [{ firstMs, endMs }] = await Promise.all([untilStored({ store, program, events, hangMs }), work]);
    const usage = {
      ...(program && { consumer: usageOf(program) }),
      clickhouse: usedSince(before.clickhouse, usageOf(store.server)),
      kafka: usedSince(before.kafka, usageOf(parts.kafka)),
    };
    if (program) await parts.processes.stop(program);
    const contents = await contentsOf(store.client);
    await onStored?.(store);
    return {
      contender: contender.name,
      events,
      seconds: (endMs - startMs - hangMs) / 1_000,
      firstRowsSeconds: (firstMs - startMs) / 1_000,
      usage,
      contents,
    };
  } finally {
    if (started.program) await parts.processes.stop(started.program);
    await store.end();
  }
}

/** Has inserts fill the tables that they name, and nothing else. */
async function keepNothing({ client }: Store): Promise<void> {
  const result = await client.query({
    query: `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'`,
    format: 'JSONEachRow',
  });
  for (const { name } of await result.json<{ name: string }>())
    await client.command({ query: `DROP VIEW ${name}` });
}

interface Waiting {
  readonly store: Store;
  readonly program: Child | undefined;
  readonly events: number;
  readonly hangMs: number;
}

/** Waits until all rows stand. @returns when the first ones and when all stood */
async function untilStored({ store: { client, server }, program, events, hangMs }: Waiting) {
  const wanted = events * ROWS_OF_AN_EVENT;
  let hasHung = hangMs === 0;
  let firstMs: number | undefined;
  let last = { rows: 0, atMs: performance.now() };
  for (;;) {
    if (program?.running() === false) throw new CommandError('A program ended before all was stored.');
    const rows = await countRows(client);
    const nowMs = performance.now();
    if (rows > 0) firstMs ??= nowMs;
    if (rows !== last.rows) last = { rows, atMs: nowMs };
    // Of an insert that was tried again, there may be two copies.
    if (hasHung && rows >= wanted && (await countRowsOnce(client)) >= wanted) {
      return { firstMs: firstMs ?? nowMs, endMs: nowMs };
    }
    if (nowMs - last.atMs > STALLED_MS) {
      throw new CommandError(`Nothing is stored any more: ${rows} rows of ${wanted} stand.`);
    }
    if (!hasHung && rows >= wanted * HANG_AT) {
      hasHung = true;
      await hang(server, hangMs);
    }
    await sleep(SAMPLE_MS);
  }
}

/** Has ClickHouse stand still, without closing a connection. */
async function hang(server: Child, ms: number): Promise<void> {
  server.signal('SIGSTOP');
  await sleep(ms);
  server.signal('SIGCONT');
}
