import { loadQueries, type Query } from '../../consumer/analytics/report/library.ts';
import type { QueryValues } from '../../consumer/analytics/report/parameters.ts';
import { runQuery, type Value } from '../../consumer/analytics/report/run.ts';
import type { Database } from '../support/clickhouse.ts';

export const library = loadQueries();

/** A row of an answer, by column. */
export type Answered = Record<string, Value>;

export function queryNamed(name: string): Query {
  const query = library.get(name);
  if (query === undefined) throw new Error(`there is no query ${name}`);
  return query;
}

/** What a query needs besides a period, of these. */
export function neededBy(name: string, given: Readonly<Record<string, string>>): Partial<QueryValues> {
  const needs: readonly string[] = queryNamed(name).needs;
  return Object.fromEntries(Object.entries(given).filter(([need]) => needs.includes(need)));
}

/** A query's answer, each row as an object. */
export async function ask(database: Database, name: string, values: QueryValues): Promise<Answered[]> {
  const { columns, rows } = await runQuery(database.client, queryNamed(name), values);
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, row[i] ?? null])));
}

/** The wanted columns of an answer, row by row. */
export async function askFor(database: Database, name: string, columns: string, values: QueryValues) {
  const rows = await ask(database, name, values);
  return rows.map((row) => columns.split(' ').map((column) => row[column]));
}
