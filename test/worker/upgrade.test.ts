import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Store } from '../../worker/outbox/store.ts';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { startWorker } from '../support/worker.ts';
import { arrived, post, readTopics, sample, status } from './edge-helpers.ts';
import { event, idOf, kept, next, nextNames, settle } from './outbox-events.ts';
import { sqliteStorage } from './sqlite-storage.ts';

/**
 * The state of a Worker of the release before, as workerd left it: of eight webhooks three were published, then Kafka
 * was away.
 */
const FIRST_FORM = join(import.meta.dirname, 'first-form');

/** A copy of that state, as if it were of today. */
async function copied(): Promise<string> {
  const dir = await testDir('upgrade');
  await cp(FIRST_FORM, join(dir, 'state'), { recursive: true });
  const outboxes = join(dir, 'state', 'qiscus-stream-Outbox');
  const [file = ''] = (await readdir(outboxes)).filter((name) => !name.startsWith('metadata'));
  const database = new DatabaseSync(join(outboxes, file));
  database.prepare('UPDATE seen SET stored_ms = ?').run(Date.now());
  database.close();
  return dir;
}

test('an outbox of the release before goes on: nothing lost, nothing twice, and no number given again', async () => {
  const prefix = uniquePrefix();
  await createTopics(prefix);
  const worker = await startWorker({
    topicPrefix: prefix,
    brokers: await sharedBrokers(),
    dir: await copied(),
    env: { OUTBOX_SHARDS: '1' },
  });
  const answers = [];
  for (const name of ['session', 'agent-logout.agent', 'agent-logout.admin']) {
    answers.push((await post(worker.webhookUrl, sample(name))).json.duplicate);
  }
  expect(answers).toEqual([true, true, true]);
  expect((await post(worker.webhookUrl, '{"another":"one"}')).json.duplicate).toBe(false);

  const { messages } = await readTopics(await sharedBrokers(), prefix);
  await arrived({ messages }, 6);
  const sequences = messages
    .map(({ headers }) => Number(headers.ce_sequence))
    .sort((one, other) => one - other);
  expect(sequences).toEqual([4, 5, 6, 7, 8, 9]);
  await eventually(async () => expect((await status(worker)).pending).toBe(0));
  expect((await status(worker)).outboxes).toMatchObject([
    { last_sequence: 9, published: 9, published_sequence: 9, duplicates: 3, set_aside: [] },
  ]);
});

/** The tables of the first form. */
const TABLES = `
  CREATE TABLE seen (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, received_ms INTEGER NOT NULL, stored_ms INTEGER NOT NULL
  );
  CREATE TABLE pending (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    occurred_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, stored_ms INTEGER NOT NULL, traceparent TEXT,
    payload TEXT NOT NULL, bytes INTEGER NOT NULL, set_aside TEXT, set_aside_ms INTEGER
  );
  CREATE INDEX set_aside ON pending (sequence) WHERE set_aside IS NOT NULL;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
`;

describe('an outbox of the first form', () => {
  const LIMITS = { maxBytes: 100_000_000, dedupMs: 1_000 };

  /** One with so many events, of which the first was published and the second set aside. */
  function ofFirstForm(count: number) {
    const storage = sqliteStorage();
    const { sql } = storage;
    sql.exec(TABLES);
    for (let sequence = 1; sequence <= count; sequence++) {
      const id = idOf(`e${sequence}`);
      [...sql.exec('INSERT INTO seen VALUES (?, ?, 20000, ?)', sequence, id, sequence)];
      const setAside = sequence === 2 ? 'INVALID_RECORD' : null;
      const values = [sequence, id, sequence % 2 === 0 ? 'message' : 'session', setAside];
      const row = `?1, ?2, ?3, '1', 5, 20000, ?1, NULL, '{}', 2, ?4, 7`;
      if (sequence > 1) [...sql.exec(`INSERT INTO pending VALUES (${row})`, ...values)];
    }
    const counters = {
      outbox: 'demo/0',
      last_sequence: count,
      pending: count - 1,
      pending_bytes: 2 * (count - 1),
    };
    for (const [name, value] of Object.entries({ ...counters, published: 1, set_aside: 1, generation: 1 })) {
      [...sql.exec('INSERT INTO counters VALUES (?, ?)', name, value)];
    }
    return storage;
  }

  test('publishes what waited before what comes, by kind in order, and lets go what was set aside', () => {
    const storage = ofFirstForm(5);
    const store = new Store(storage, LIMITS);
    expect(store.append([event('e1'), event('e5'), event('new')], 10).map((each) => each)).toEqual([
      { ...kept('e1'), duplicate: true },
      { ...kept('e5'), duplicate: true },
      kept('new'),
    ]);
    const out: string[][] = [];
    for (let batch = next(store); batch !== undefined; batch = next(store)) {
      out.push(nextNames(store));
      settle(store, batch);
    }
    expect(out).toEqual([['e3', 'e5'], ['e4'], ['new']]);
    store.release(7);
    expect(nextNames(store)).toEqual(['e2']);
    settle(store, next(store));
    store.flush();
    const again = new Store(storage, LIMITS);
    expect(again.amounts()).toEqual({ pending: 0, pendingBytes: 0, published: 6 });
    expect(again.publishedSequence()).toBe(6);
    storage.close();
  });

  test('forgets its ids in parts, then drops their table, and only then those of later events', () => {
    const storage = ofFirstForm(5_001);
    const store = new Store(storage, LIMITS);
    store.append([event('new')], 5_002);
    store.append([event('newer')], 5_500);
    const tables = () =>
      [
        ...storage.sql.exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE name IN ('seen', 'ids_1')",
        ),
      ].map(({ name }) => name);
    expect(store.purge(6_001)).toBe(true);
    expect(store.counters.number('forgotten')).toBe(5_000);
    expect(tables()).toEqual(['seen', 'ids_1']);
    expect(store.append([event('e5001'), event('e5000')], 6_001)).toMatchObject([
      { duplicate: true },
      { duplicate: false },
    ]);
    store.purge(6_002);
    expect(tables()).toEqual(['ids_1']);
    while (store.purge(7_000));
    expect(tables()).toEqual([]);
    expect(store.counters.number('forgotten')).toBe(5_002);
    storage.close();
  });

  test('is not taken for an empty one by an earlier release, nor is a new one', () => {
    for (const storage of [ofFirstForm(3), sqliteStorage()]) {
      new Store(storage, LIMITS);
      storage.sql.exec(
        TABLES.replaceAll('CREATE TABLE ', 'CREATE TABLE IF NOT EXISTS ').replace(/CREATE INDEX.*\n/, ''),
      );
      expect(() => [...storage.sql.exec('SELECT name, value FROM counters')]).toThrow('no such column');
      storage.close();
    }
  });
});
