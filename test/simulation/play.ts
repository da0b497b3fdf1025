import { expect } from 'vitest';
import { closeRound, keepAll, keepRound, type Round } from '../../consumer/outcomes/keep.ts';
import { clickHouseSink } from '../../consumer/persist/row-sink.ts';
import { outcomes } from '../analytics/histories.ts';
import type { Step } from '../analytics/oracle.ts';
import type { Database } from '../support/clickhouse.ts';
import { interrupted } from '../support/interrupted.ts';
import { readRow } from '../support/row-binary.ts';
import type { Random } from './world/random.ts';
import type { Written } from './world/warehouse.ts';

/** The keeper died: its round ends where it was. */
class Killed extends Error {
  override readonly name = 'Killed';
}

export interface Play {
  /** The number that its apps' names begin with. */
  readonly run: number;
  readonly written: readonly Written[];
  readonly random: Random;
  /** As the keeper does it; otherwise to show that the play notices. */
  readonly keep?: typeof keepRound;
}

const KIND_OF: Readonly<Record<string, Step['kind']>> = {
  sessions_rows: 'session',
  resolutions_rows: 'resolution',
};
const never = new AbortController().signal;

/**
 * Does to the real engine what was done to the warehouse of a simulation, insert by insert, and keeps outcomes meanwhile:
 * inserts and other rounds come between any two statements of a round, and it can die there. What the views say is compared
 * with what looking through all that was inserted says, now and then and at the end.
 */
export async function play(
  database: Database,
  { run, written, random, keep = keepRound }: Play,
): Promise<void> {
  const { client } = database;
  const sink = clickHouseSink(client);
  const left = written.filter(({ table }) => table in KIND_OF);
  const told = new Map<string, Step>();
  const stored: Round[] = [];

  const insertNext = async () => {
    const next = left.shift();
    if (next === undefined) return;
    await sink.insert(next.table, { count: next.rows.length, pieces: next.rows }, never);
    for (const step of stepsOf(next)) told.set(step.id, step);
  };
  const round = async (within: () => Promise<void>) => {
    const meanwhile = async () => {
      if (random.chance(0.15)) await insertNext();
      if (random.chance(0.05)) throw new Killed();
      await within();
    };
    const options = { mostRows: random.pick([1, 5, 100]), rangeRows: random.pick([1, 3, 100]) };
    await survived(async () => void stored.push(await keep(interrupted(client, meanwhile), options)));
  };
  const alone = () => round(async () => undefined);
  const check = async () => {
    const { said, right } = await outcomes(database, run, [...told.values()]);
    expect(said).toEqual(right);
  };
  const close = async () => {
    for (const each of stored.splice(0, random.integer(1, 2))) await closeRound(client, each);
  };
  const moves = [
    alone,
    // Another has its turn before the turn of the first has ended.
    () => round(() => (random.chance(0.3) ? alone() : Promise.resolve())),
    close,
    close,
    check,
    async () => undefined,
  ];

  while (left.length > 0) {
    await insertNext();
    for (let count = random.integer(1, 2); count > 0; count--) await random.pick(moves)();
  }
  await check();
  await keepAll(client);
  await check();
}

async function survived(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

function stepsOf({ table, rows }: Written): Step[] {
  return rows.map((bytes) => {
    const row = readRow({ table, bytes });
    return {
      id: String(row.event_id),
      app: String(row.app_id),
      room: String(row.room_id),
      kind: KIND_OF[table] ?? 'session',
      at: Number(row.occurred_at),
      sequence: Number(row.sequence),
    };
  });
}
