import { beforeAll, describe, expect, test } from 'vitest';
import { keepRound } from '../../consumer/outcomes/keep.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { type Play, play } from './play.ts';
import { ConsumerWorld } from './world/consumer-world.ts';
import { Random } from './world/random.ts';
import { roomHistories } from './world/room-histories.ts';
import { runSchedule } from './world/run.ts';
import type { Written } from './world/warehouse.ts';

type Recorded = Play & { readonly crashes: number };

/** Schedules in which consumers die, and much is inserted twice. */
const isDeadly = ({ crashes, written }: Recorded) => crashes > 2 && written.length >= 20;
const isBusy = ({ written }: Recorded) => written.length >= 25;
/** So many are looked through for such ones. */
const SCHEDULES = 100;

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});

let runs = 0;

/** What a schedule of the consumer left to be played, under apps of its own. */
async function recorded(seed: number): Promise<Recorded> {
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

async function* schedules(isTelling: (schedule: Recorded) => boolean): AsyncGenerator<Recorded> {
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const schedule = await recorded(seed);
    if (isTelling(schedule)) yield schedule;
  }
}

/** What is told of the first schedule in which something is not as it should be; undefined where nothing is in any. */
async function firstMismatch(keep: typeof keepRound): Promise<string | undefined> {
  for await (const schedule of schedules(isBusy)) {
    const failure = await play(database, { ...schedule, keep }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure instanceof Error) return failure.message;
  }
  return undefined;
}

describe('whatever the consumer inserts, and whatever is kept meanwhile, the views say what all of it says', () => {
  const deadly = schedules(isDeadly);
  const next = async () => play(database, (await deadly.next()).value);

  test('in a schedule in which consumers die', next);
  test('in two more', { tags: 'long' }, async () => {
    await next();
    await next();
  });
});

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
  const { value: busy } = await schedules(isBusy).next();
  await expect(play(database, busy)).rejects.toThrow('to deeply equal');
});
