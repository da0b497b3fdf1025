import { expect, test } from 'vitest';
import { prepare } from '../../consumer/prepare.ts';
import { toMessage } from '../../schemas/event.ts';
import { topicOf } from '../../schemas/topics.ts';
import { FACT_KINDS } from '../../schemas/webhooks.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { COLUMNS, readRow } from '../support/row-binary.ts';
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
  return new Map([...works, dead].flatMap(({ rows }) => rows.map((row) => [row.table, readRow(row)])));
}

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
    expect(COLUMNS.get(table)).toEqual(Object.fromEntries(columns.map(({ name, type }) => [name, type])));
    for (const { name, comment } of columns) expect(comment, `${table}.${name} has a comment`).not.toBe('');
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
