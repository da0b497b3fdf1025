import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { event, sample, sessions } from './events.ts';
import { allCommitted, countOf, startPath } from './setup.ts';

type Path = Awaited<ReturnType<typeof startPath>>;

const MONTH_MS = 31 * 86_400_000;
const OTHERS = ['message', 'resolution', 'allocation'] as const;

const metrics = async ({ consumer }: Path) => (await fetch(`${consumer.url}/metrics`)).text();
const openOnes = ({ database }: Path) => database.rows('SELECT id FROM dead_letters WHERE is_open');

/** Waits until `/metrics` tells of something that waits, with its reason. */
async function held(path: Path, reason: RegExp): Promise<void> {
  const line = new RegExp(`qiscus_held_messages\\{topic="${path.prefix}session",.*${reason.source}`, 'm');
  await eventually(async () => expect(await metrics(path)).toMatch(line), { timeoutMs: 30_000 });
}

async function publishOthers({ publish }: Path, from: number): Promise<void> {
  await publish.events(OTHERS.map((kind, index) => event(kind, sample(kind), from + index)));
}

test('sessions of 200 months in one lot are stored, and hold nothing beside them', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const spread = sessions(1, 200).map((each, index) => ({
    ...each,
    subject: 'one room',
    occurredMs: each.occurredMs - index * MONTH_MS,
  }));
  await path.publish.events(spread);
  await publishOthers(path, 1_000);
  await countOf(path.database, 'sessions', 200);
  await countOf(path.database, 'events', 203);
  await allCommitted(path);
  expect(await metrics(path)).toContain('qiscus_retries_total{stage="insert"} 0\n');
});

test('a table that takes nothing holds its own rows, and others go on; mended, it has each of them once', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { client } = path.database;
  await client.command({ query: 'RENAME TABLE sessions_rows TO elsewhere' });
  await path.publish.events(sessions(1, 30));
  await held(path, /sessions_rows: 60 UNKNOWN_TABLE/);
  await publishOthers(path, 100);
  await countOf(path.database, 'messages', 1);
  await countOf(path.database, 'resolutions', 1);
  expect(await path.progress()).toMatchObject({ behind: 30 });

  await client.command({ query: 'RENAME TABLE elsewhere TO sessions_rows' });
  await countOf(path.database, 'sessions', 30);
  await allCommitted(path);
  await countOf(path.database, 'events', 33);
  expect(await metrics(path)).not.toMatch(/qiscus_held_messages\{/);
});

test('one row that cannot go in now holds nothing of its lot; once it can, its offset moves', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { client } = path.database;
  // A function that throws: a number that says nothing of the row, as a limit of memory would.
  await client.command({
    query: "ALTER TABLE sessions_rows ADD CONSTRAINT heavy CHECK throwIf(room_name = 'heavy') = 0",
  });
  const heavy = event('session', sample('session').replace('Susan Novitasari', 'heavy'), 250);
  await path.publish.events([...sessions(1, 249), heavy, ...sessions(251, 500)]);
  await held(path, /sessions_rows: 395 FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"\} 1$/);
  await countOf(path.database, 'sessions', 499);
  await publishOthers(path, 1_000);
  await countOf(path.database, 'messages', 1);
  expect((await path.progress()).behind).toBeGreaterThan(0);

  await client.command({ query: 'ALTER TABLE sessions_rows DROP CONSTRAINT heavy' });
  await countOf(path.database, 'sessions', 500);
  await allCommitted(path);
  expect(await openOnes(path)).toEqual([]);
});

test('a table with a column of another type is not taken for so many wrong rows: they wait, and none is a dead letter', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const { client } = path.database;
  await client.command({ query: 'ALTER TABLE sessions_rows MODIFY COLUMN first_message_text UInt64' });
  await path.publish.events(sessions(1, 200));
  await held(path, /sessions_rows: 117 INCORRECT_DATA/);
  await publishOthers(path, 1_000);
  await countOf(path.database, 'messages', 1);
  await countOf(path.database, 'dead_letters', 0);

  await client.command({ query: 'ALTER TABLE sessions_rows MODIFY COLUMN first_message_text String' });
  await countOf(path.database, 'sessions', 200);
  await allCommitted(path);
  await countOf(path.database, 'dead_letters', 0);
});
