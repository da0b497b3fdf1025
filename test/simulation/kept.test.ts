import { beforeAll, expect, test } from 'vitest';
import { keepRound } from '../../consumer/outcomes/keep.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { type Play, play } from './play.ts';
import { ConsumerWorld } from './world/consumer-world.ts';
import { Random } from './world/random.ts';
import { roomHistories } from './world/room-histories.ts';
import { runSchedule } from './world/run.ts';
import type { Written } from './world/warehouse.ts';

/** Schedules in which consumers die, and much is inserted twice. */
const SEEDS = [10, 18, 19];
/** Schedules with many inserts. */
const BUSY_SEEDS = [10, 19, 18, 34, 30, 4, 28, 11];

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

let runs = 0;

/** What a schedule of the consumer left to be played, under apps of its own. */
async function recorded(seed: number): Promise<Play & { crashes: number }> {
  const run = ++runs;
  const facts = roomHistories([`${run}-one`, `${run}-two`]);
  const worlds: ConsumerWorld[] = [];
  const create = (sim: ConstructorParameters<typeof ConsumerWorld>[0]) => {
    const world = new ConsumerWorld(sim, { facts });
    worlds.push(world);
    return world;
  };
  const { crashes } = await runSchedule({ name: 'kept', create }, seed);
  const written: readonly Written[] = worlds[0]?.warehouse.written ?? [];
  return { run, written, random: new Random(seed), crashes };
}

/** What is told of the first schedule in which something is not as it should be; undefined where nothing is in any. */
async function firstMismatch(keep: typeof keepRound): Promise<string | undefined> {
  for (const seed of BUSY_SEEDS) {
    const failure = await play(database, { ...(await recorded(seed)), keep }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure instanceof Error) return failure.message;
  }
  return undefined;
}

test.each(SEEDS)(
  'whatever the consumer inserts, and whatever is kept meanwhile, the views say what all of it says: schedule %i',
  async (seed) => {
    const schedule = await recorded(seed);
    expect(schedule.crashes).toBeGreaterThan(0);
    await play(database, schedule);
  },
);

test('the play notices when a round closes what it did not work out', {
  tags: 'long',
  timeout: 120_000,
}, async () => {
  const broken: typeof keepRound = async (client, options) => {
    const round = await keepRound(client, options);
    const open = await database.rows<{ lot: string }>(
      'SELECT toString(lot) AS lot FROM room_touches FINAL WHERE NOT is_done',
    );
    return { ...round, lots: open.map(({ lot }) => lot) };
  };
  expect(await firstMismatch(broken)).toContain('to deeply equal');
});

test('the play notices when no touch is written', async () => {
  await database.client.command({ query: 'DROP VIEW room_touches_filler' });
  await expect(play(database, await recorded(18))).rejects.toThrow('to deeply equal');
});
