import { expect, test } from 'vitest';
import { freshDatabase } from '../support/clickhouse.ts';
import { sharedClickHouse } from '../support/shared.ts';

type View = { name: string; parameters: [name: string, type: string][] };

const VIEWS = `
  SELECT name, arrayDistinct(extractAllGroups(create_table_query, '\\\\{(\\\\w+):(\\\\w+)')) AS parameters
  FROM system.tables WHERE database = currentDatabase() AND engine = 'View' ORDER BY name`;

/** A value of a view's parameter, by its type. */
function value(type: string): string {
  if (type === 'Date') return `'2026-01-01'`;
  return type.startsWith('Date') ? `'2026-01-01 00:00:00'` : `'UTC'`;
}

test('each view answers from another database as the current one', { tags: 'long' }, async () => {
  const database = await freshDatabase();
  const server = await sharedClickHouse();
  const views = await database.rows<View>(VIEWS);
  expect(views.map(({ name }) => name)).toContain('session_outcomes');
  expect(views.some(({ parameters }) => parameters.length > 1)).toBe(true);
  const answers: Record<string, string> = {};
  for (const { name, parameters } of views) {
    const list = parameters.map(([parameter, type]) => `${parameter} = ${value(type)}`).join(', ');
    const call = parameters.length === 0 ? name : `${name}(${list})`;
    const body = `SELECT * FROM ${database.name}.${call} LIMIT 1 FORMAT Null`;
    const response = await fetch(`${server}/?database=system`, { method: 'POST', body });
    answers[name] = response.ok ? 'answers' : await response.text();
  }
  expect(answers).toEqual(Object.fromEntries(views.map(({ name }) => [name, 'answers'])));
});
