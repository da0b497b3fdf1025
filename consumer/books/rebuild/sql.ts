import type { ClickHouseClient } from '@clickhouse/client';
import type { Kind } from '../../../schemas/webhooks.ts';
import { dateTime } from '../../normalize/date-time-text.ts';
import type { Scope } from './options.ts';

/** A stretch of received times, [from, to), milliseconds since 1970; open where it is undefined. */
export interface Window {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** A condition on the rows of a table, and the values in it. Its text holds no value that anybody gave. */
export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** As many events as are in memory at a time; those with a large payload weigh as many. */
export const PAGE = {
  limit: 4_096,
  weight: 'greatest(count(), intDiv(sum(length(payload)), 4096))',
} as const;

/**
 * The rows, of events or of facts, whose events were received in the window. Of two windows in one statement, the one
 * that is joined last counts for both: it must lie in the other.
 */
export function within({ fromMs, toMs }: Window): Condition {
  return and(
    fromMs === undefined
      ? ANY
      : { sql: 'received_at >= {w_from:String}', params: { w_from: dateTime(fromMs) } },
    toMs === undefined ? ANY : { sql: 'received_at < {w_to:String}', params: { w_to: dateTime(toMs) } },
  );
}

/** All rows. */
export const ANY: Condition = { sql: '1', params: {} };

/** The events of a kind, whatever their time and app. */
export function ofKind({ kind }: { readonly kind: Kind }): Condition {
  return { sql: 'kind = {kind:String}', params: { kind } };
}

/** The rows, of events or of facts, that a scope takes in by their app. */
export function ofApp({ app }: Pick<Scope, 'app'>): Condition {
  return app === undefined ? ANY : { sql: 'app_id = {app:String}', params: { app } };
}

/** The rows of facts that stay as they are. @param reach those that are rebuilt, where others cannot be */
export function outside(scope: Scope, reach: Condition): Condition {
  const { fromMs, toMs } = scope;
  const params = {
    ...(fromMs !== undefined && { s_from: dateTime(fromMs) }),
    ...(toMs !== undefined && { s_to: dateTime(toMs) }),
    ...ofApp(scope).params,
    ...reach.params,
  };
  const parts = [
    fromMs !== undefined && 'received_at < {s_from:String}',
    toMs !== undefined && 'received_at >= {s_to:String}',
    scope.app !== undefined && 'app_id != {app:String}',
    reach !== ANY && `NOT (${reach.sql})`,
  ].filter((part) => part !== false);
  return { sql: parts.length === 0 ? '0' : `(${parts.join(' OR ')})`, params };
}

export function and(...conditions: readonly Condition[]): Condition {
  const some = conditions.filter((each) => each !== ANY);
  if (some.length === 0) return ANY;
  return {
    sql: some.map(({ sql }) => sql).join(' AND '),
    params: Object.assign({}, ...some.map(({ params }) => params)),
  };
}

/** Few rows may be of many months: a hundred is the limit otherwise. */
const ANY_MONTHS = { max_partitions_per_insert_block: '0' } as const;

/**
 * Inserts rows that replace those of their sort key.
 * @throws what `insertFault` sorts
 */
export async function insertAnew(
  client: ClickHouseClient,
  table: string,
  values: readonly object[],
): Promise<void> {
  // A replicated table takes the same rows inserted twice for a repetition, and drops them: here others may have been
  // inserted over the first ones meanwhile.
  const clickhouse_settings = { ...ANY_MONTHS, insert_deduplicate: 0 } as const;
  await client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings });
}

/** Runs a statement that answers nothing. @throws ClickHouse's error */
export async function run(
  client: ClickHouseClient,
  query: string,
  query_params: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const clickhouse_settings = {
    // As in the views of facts: copies of a row are always in one partition.
    do_not_merge_across_partitions_select_final: 1,
    ...ANY_MONTHS,
  } as const;
  await client.command({ query, query_params: { ...query_params }, clickhouse_settings });
}
