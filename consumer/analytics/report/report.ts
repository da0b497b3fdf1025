import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseTarget } from '../../config.ts';
import type { Query, QueryLibrary } from './library.ts';
import { nearest } from './nearest.ts';
import { QueryInputError } from './parameters.ts';

/** A client for reading; the caller closes it. */
export function reportClient(target: ClickHouseTarget): ClickHouseClient {
  return createClient({
    ...target,
    application: 'qiscus-stream-report',
    // Longer than a query may take (runQuery), so that ClickHouse says why it ended.
    request_timeout: 60_000,
    // What goes wrong is told by advice().
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/**
 * The query of a name.
 * @throws QueryInputError with the nearest names when there is none
 */
export function queryNamed(library: QueryLibrary, name: string): Query {
  const query = library.get(name);
  if (query !== undefined) return query;
  const near = nearest(name, [...library.keys()]);
  const hint =
    near.length === 0 ? 'Run "npm run report" for the list.' : `Did you mean ${near.join(' or ')}?`;
  throw new QueryInputError(`There is no report ${JSON.stringify(name)}. ${hint}`);
}

/** The library as a list to read: each name with its question. */
export function listing(library: QueryLibrary): string {
  const width = Math.max(...[...library.keys()].map((name) => name.length));
  return [...library.values()].map(({ name, question }) => `${name.padEnd(width)}  ${question}\n`).join('');
}
