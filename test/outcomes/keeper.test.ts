import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Keeper } from '../../consumer/outcomes/keeper.ts';
import { MIGRATIONS } from '../../consumer/persist/migrate.ts';
import { deliver, outcomes, own } from '../analytics/histories.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';

/** On a machine that does much else, its rests are long. */
const PATIENT = { timeoutMs: 60_000 };
const DAY_MS = 86_400_000;
const steps = Array.from({ length: 50 }, (_, sequence) => ({
  app: 'one',
  room: String(sequence % 9),
  kind: sequence % 4 === 3 ? ('resolution' as const) : ('session' as const),
  at: Date.UTC(2018, 0, 1) + sequence * 30 * DAY_MS,
  sequence,
}));

function startKeeper({ client }: Database, isOurs: boolean) {
  const registry = new Registry();
  const keeper = new Keeper({ client, log: pino({ level: 'silent' }), registry });
  keeper.isOurs = isOurs;
  keeper.start();
  undoAfterwards(() => keeper.stop());
  const count = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
  return { keeper, count };
}

const OPEN = 'SELECT countIf(NOT is_kept) AS open, countIf(is_kept) AS kept FROM room_timeline';

test('the consumer whose turn it is keeps what arrives; another keeps nothing', async () => {
  const database = await freshDatabase();
  const { told, run } = own(steps);
  await deliver(database, told, { lotSize: 20, again: 5 });
  const idle = startKeeper(database, false);
  const { count } = startKeeper(database, true);
  await eventually(
    async () => expect(await database.rows(OPEN)).toEqual([{ open: 0, kept: told.length }]),
    PATIENT,
  );
  // What arrived twice is counted twice.
  expect(await count('qiscus_outcomes_kept_total')).toBe(told.length + 5);
  expect(await count('qiscus_outcomes_open')).toBe(0);
  expect(await idle.count('qiscus_outcomes_kept_total')).toBe(0);
  const { said, right } = await outcomes(database, run, told);
  expect(said).toEqual(right);
});

test('what stood in the tables before there was a place to keep it is told, and is kept in the end', async () => {
  const database = await freshDatabase();
  for (const view of ['sessions', 'resolutions'])
    await database.client.command({ query: `DROP VIEW room_log_${view}` });
  const { told, run } = own(steps);
  await deliver(database, told, { lotSize: 20, again: 5 });
  for (const file of ['0144_room_log_sessions', '0145_room_log_resolutions', '0146_room_log_before']) {
    const sql = await readFile(join(MIGRATIONS, `${file}.sql`), 'utf8');
    for (const query of sql.split(/;\n/).filter((part) => part.trim() !== ''))
      await database.client.command({ query });
  }
  const check = async () => {
    const { said, right } = await outcomes(database, run, told);
    expect(said).toEqual(right);
  };
  await check();
  startKeeper(database, true);
  await eventually(
    async () => expect(await database.rows(OPEN)).toEqual([{ open: 0, kept: told.length }]),
    PATIENT,
  );
  await check();
});

test('while ClickHouse does not answer, that is counted, and it goes on afterwards', async () => {
  const database = await freshDatabase();
  await database.client.command({ query: 'RENAME TABLE room_touches TO away' });
  const { count } = startKeeper(database, true);
  await eventually(
    async () => expect(await count('qiscus_outcomes_failures_total')).toBeGreaterThan(0),
    PATIENT,
  );
  await database.client.command({ query: 'RENAME TABLE away TO room_touches' });
  const { told } = own(steps);
  await deliver(database, told, { lotSize: 50, again: 0 });
  await eventually(async () => expect(await count('qiscus_outcomes_kept_total')).toBe(told.length), PATIENT);
});
