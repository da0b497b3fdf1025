import { expect, test } from 'vitest';
import { prepare } from '../../consumer/prepare.ts';
import { toMessage } from '../../schemas/event.ts';
import { topicOf } from '../../schemas/topics.ts';
import { FACT_KINDS } from '../../schemas/webhooks.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { event, sample } from './events.ts';

const message = (key: string, value: string, headers: Record<string, string>) => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  timestamp: '0',
  attributes: 0,
  offset: '0',
});

/** Every row that the consumer can write, by its table. */
function everyRow(): Map<string, object> {
  const works = FACT_KINDS.map((kind) => {
    const sent = toMessage(event(kind, sample(kind === 'agent-logout' ? 'agent-logout.admin' : kind)));
    return prepare(
      { topic: topicOf('q.', kind), partition: 0, message: message(sent.key, sent.value, sent.headers) },
      'q.dead-letter',
    );
  });
  const dead = prepare(
    { topic: 'q.dead-letter', partition: 0, message: message('', '', {}) },
    'q.dead-letter',
  );
  return new Map([...works, dead].flatMap(({ rows }) => rows.map(({ table, row }) => [table, row])));
}

/** The kind of JSON value that a column of a type takes. */
function jsonOf(type: string): string {
  if (type.startsWith('Map')) return 'object';
  if (type.startsWith('Array')) return 'array';
  if (type === 'Bool') return 'boolean';
  return /^UInt(8|16|32)$/.test(type) ? 'number' : 'string';
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);

test("the rows that the consumer writes have the tables' columns, no more, no fewer, each of its type", async () => {
  const database = await freshDatabase();
  const rows = everyRow();
  expect(rows.size).toBe(8);
  for (const [table, row] of rows) {
    const columns = await database.rows<{ name: string; type: string; comment: string }>(
      'SELECT name, type, comment FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
      { table },
    );
    expect(Object.keys(row).sort(), table).toEqual(columns.map(({ name }) => name).sort());
    for (const { name, type, comment } of columns) {
      const value = row[name as keyof typeof row] as unknown;
      const bare = type.replace(/^Nullable\((.*)\)$/, '$1');
      // A sequence is small enough for a number; other UInt64 come as digits.
      const expected = name === 'sequence' ? 'number' : jsonOf(bare);
      if (value !== null || bare === type) expect(kindOf(value), `${table}.${name}`).toBe(expected);
      expect(comment, `${table}.${name} has a comment`).not.toBe('');
    }
  }
});

/** What the view of dead letters adds: what has become of each. */
const OF_THE_VIEW: ReadonlySet<unknown> = new Set([
  'is_open',
  'is_dismissed',
  'dismissed_at',
  'dismissed_by',
  'dismissed_because',
]);

test('every table of rows has its view, with the same columns', async () => {
  const database = await freshDatabase();
  for (const table of everyRow().keys()) {
    const columns = (name: string) =>
      database.rows(
        'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {name:String} ORDER BY position',
        { name },
      );
    const view = table.replace(/_rows$/, '');
    expect((await columns(view)).filter((column) => !OF_THE_VIEW.has(column.name))).toEqual(
      await columns(table),
    );
  }
});
