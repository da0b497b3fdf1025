import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { keepAll } from '../../consumer/outcomes/keep.ts';
import { LOGGED_KINDS, type Reconciled, reconcile } from '../../consumer/outcomes/reconcile.ts';
import { FACT_TABLES } from '../../consumer/persist/tables.ts';
import { deliver, history, outcomes, own } from '../analytics/histories.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

async function reconcileAll(): Promise<Reconciled> {
  const parts = [];
  for (const kind of LOGGED_KINDS) parts.push(await reconcile(database.client, kind));
  return {
    added: parts.reduce((sum, { added }) => sum + added, 0),
    removed: parts.reduce((sum, { removed }) => sum + removed, 0),
  };
}

test('what came by inserts alone is there already, column by column', async () => {
  const { told } = own(
    fc
      .sample(history, { numRuns: 20, seed: 4 })
      .flat()
      .map((step, sequence) => ({ ...step, sequence })),
  );
  await deliver(database, told, { lotSize: 100, again: 10 });
  expect(await reconcileAll()).toEqual({ added: 0, removed: 0 });
});

test('rows that were taken out, put in or changed past the views are told as they are then', {
  tags: 'long',
}, async () => {
  const { run, told } = own(
    Array.from({ length: 60 }, (_, i) => ({
      app: 'one',
      room: String(i % 7),
      kind: i % 3 === 2 ? ('resolution' as const) : ('session' as const),
      at: Date.UTC(2026, 9, 31, 12) + i * 1_200_000,
      sequence: i,
    })),
  );
  await deliver(database, told, { lotSize: 25, again: 5 });
  await keepAll(database.client);
  const gone = told.filter((_, i) => i % 5 === 0);
  const mutate = (query: string, ids: readonly string[]) =>
    database.client.command({
      query,
      query_params: { ids: [...ids] },
      clickhouse_settings: { mutations_sync: '2', lightweight_deletes_sync: '2' },
    });
  for (const kind of LOGGED_KINDS) {
    await mutate(
      `DELETE FROM ${FACT_TABLES[kind]} WHERE event_id IN {ids:Array(String)}`,
      gone.map(({ id }) => id),
    );
  }
  await mutate(
    `ALTER TABLE sessions_rows UPDATE room_name = 'another' WHERE event_id IN {ids:Array(String)}`,
    told.map(({ id }) => id),
  );
  const left = told.filter((step) => !gone.includes(step));
  const sessionsLeft = left.filter(({ kind }) => kind === 'session').length;
  expect(await reconcileAll()).toEqual({ added: sessionsLeft, removed: gone.length });
  const check = async () => {
    const { said, right } = await outcomes(database, run, left);
    expect(said).toEqual(right);
    expect(
      await database.rows(
        'SELECT DISTINCT room_name FROM room_timeline WHERE NOT is_resolution AND startsWith(app_id, {run:String})',
        { run: `${run}-` },
      ),
    ).toEqual([{ room_name: 'another' }]);
  };
  await check();
  await keepAll(database.client);
  await check();
  expect(await reconcileAll()).toEqual({ added: 0, removed: 0 });
});
