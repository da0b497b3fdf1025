import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteStorage } from '../../test/worker/sqlite-storage.ts';
import { Counters } from '../../worker/outbox/counters.ts';
import { Ids, MOST_IDS } from '../../worker/outbox/ids.ts';
import { mostIds } from '../../worker/outbox/room.ts';
import type { Sql } from '../../worker/outbox/storage.ts';
import { prepareTables } from '../../worker/outbox/tables.ts';
import type { BenchWorker } from './workers.ts';

/** What the outbox is told to remember: as many ids as it may ever have room for, by default for a month. */
export const MOST_BYTES = 9_500_000_000;
const DEDUP_MS = 30 * 86_400_000;

/** No journal and much cache: it is filled once, and nobody reads it meanwhile. */
const FAST = ['PRAGMA journal_mode = OFF', 'PRAGMA synchronous = OFF', 'PRAGMA cache_size = -200000'];

/**
 * Has the one outbox of a Worker that was stopped remember so many ids, as if their events had come and been
 * published. They go into the outbox's own tables in order: those fill their pages as much as ids by chance do.
 */
export function remember({ dir }: Pick<BenchWorker, 'dir'>, count: number): void {
  const { sql, transactionSync, close } = sqliteStorage(outboxFile(dir));
  try {
    for (const setting of FAST) sql.exec(setting);
    transactionSync(() => prepareTables(sql));
    const counters = new Counters(sql);
    const ids = new Ids(sql, counters, { dedupMs: DEDUP_MS, mostIds: mostIds(MOST_BYTES) });
    for (let left = count; left > 0; left -= MOST_IDS) {
      const size = Math.min(left, MOST_IDS);
      transactionSync(() => {
        const nowMs = Date.now();
        // The outbox makes the table, and says itself which one is next; all others follow the first.
        ids.add([['0'.repeat(32), nowMs]], nowMs);
        sql.exec(fillingOf(newestTable(sql), size), size - 1, nowMs);
        counters.add('last_sequence', size);
        counters.add('published', size);
        counters.set('passed_sequence', counters.number('last_sequence'));
        counters.save();
      });
    }
  } finally {
    close();
  }
}

/** How many ids the one outbox of a Worker that was stopped has forgotten. */
export function forgottenIds({ dir }: Pick<BenchWorker, 'dir'>): number {
  const { sql, close } = sqliteStorage(outboxFile(dir));
  try {
    return new Counters(sql).number('forgotten');
  } finally {
    close();
  }
}

function newestTable(sql: Sql): string {
  const query = 'SELECT max(generation) AS generation FROM generations';
  const [newest] = sql.exec<{ generation: number }>(query);
  return `ids_${newest?.generation}`;
}

/** Ids in order, each at a random place in a stretch of its own. */
function fillingOf(table: string, size: number): string {
  const stretch = Math.floor(2 ** 48 / size);
  return `INSERT INTO ${table}
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    SELECT unhex(printf('%012x', n * ${stretch})) || randomblob(10), ? FROM numbers`;
}

function outboxFile(dir: string): string {
  const folder = join(dir, 'state', 'qiscus-stream-Outbox');
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  if (names.length !== 1) throw new Error(`there is not one outbox in ${folder}, but ${names.length}`);
  return join(folder, names[0] ?? '');
}
