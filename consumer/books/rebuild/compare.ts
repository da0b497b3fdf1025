import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../persist/tables.ts';
import type { Scope } from './options.ts';
import { and, ofApp, ofKind, type Window, within } from './sql.ts';

/** Examples of each sort of change. */
export const SAMPLES = 3;

/** A row before and after, each column as JSON text by its name; null where there is none. */
export interface Sample {
  readonly event_id: string;
  readonly before: Readonly<Record<string, string>> | null;
  readonly after: Readonly<Record<string, string>> | null;
}

/** What changes in the rows of a table. */
export interface Difference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** How often each column changes, among the changed rows. */
  readonly columns: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
}

export const SAME: Difference = { added: 0, removed: 0, changed: 0, columns: {}, samples: [] };

/** Two differences of other rows in one; as many samples of each sort as one has. */
export function sum(one: Difference, other: Difference): Difference {
  const columns = { ...one.columns };
  for (const [name, times] of Object.entries(other.columns)) columns[name] = (columns[name] ?? 0) + times;
  const samples = [...one.samples, ...other.samples];
  const sort = ({ before, after }: Sample) => `${before === null}${after === null}`;
  return {
    added: one.added + other.added,
    removed: one.removed + other.removed,
    changed: one.changed + other.changed,
    columns,
    samples: [...Map.groupBy(samples, sort).values()].flatMap((group) => group.slice(0, SAMPLES)),
  };
}

/** The columns of a table, in their order. */
export async function columnsOf(client: ClickHouseClient, table: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    client,
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String}
     ORDER BY position`,
    { table },
  );
  return rows.map(({ name }) => name);
}

interface Counted {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columns: readonly [names: readonly string[], times: readonly number[]];
  readonly samples: readonly (readonly [id: string, before: readonly string[], after: readonly string[]])[];
}

/**
 * Compares the shadow's rows of a window with the live table's. Rows are compared by their events: those that are
 * the same on both sides go first, then what is left of an event before and after are one changed row, also when its
 * sort key is another now; and the rest is added or removed.
 *
 * A live row whose event stands in `events`, but not in the shadow, came in after the shadow was filled.
 */
export async function compare(
  client: ClickHouseClient,
  scope: Scope,
  shadow: string,
  columns: readonly string[],
  window: Window,
): Promise<Difference> {
  const texts = `[${columns.map((name) => `toJSONString(${name})`).join(', ')}]`;
  const rows = and(within(window), ofApp(scope));
  const events = and(ofKind(scope), within(window));
  const [counted] = await rowsOf<Counted>(
    client,
    `WITH
       sides AS
       (
         SELECT event_id, 1 AS is_new, ${texts} AS texts FROM ${shadow} FINAL WHERE ${rows.sql}
         UNION ALL
         SELECT event_id, 0, ${texts} FROM ${scope.table} FINAL WHERE ${rows.sql}
       ),
       of_events AS
       (
         SELECT event_id, groupArrayIf(texts, is_new = 1) AS news, groupArrayIf(texts, is_new = 0) AS olds
         FROM sides GROUP BY event_id HAVING news != olds
       ),
       differing AS
       (
         SELECT
           event_id,
           arrayFilter(row -> NOT has(olds, row), news) AS after,
           arrayFilter(row -> NOT has(news, row), olds) AS before,
           least(length(before), length(after)) AS both,
           if(both > 0, arrayFilter((name, old, new) -> old != new, {columns:Array(String)}, before[1], after[1]), []) AS names
         FROM of_events
         WHERE notEmpty(news) OR event_id NOT IN (SELECT event_id FROM ${EVENTS_TABLE} WHERE ${events.sql})
       )
     SELECT
       sum(length(after) - both) AS added,
       sum(length(before) - both) AS removed,
       sum(both) AS changed,
       sumMap(names, arrayMap(name -> 1, names)) AS columns,
       arrayConcat(
         groupArrayIf(${SAMPLES})((event_id, before[1], after[1]), both > 0),
         groupArrayIf(${SAMPLES})((event_id, [], after[1]), length(after) > both AND both = 0),
         groupArrayIf(${SAMPLES})((event_id, before[1], []), length(before) > both AND both = 0)
       ) AS samples
     FROM differing`,
    { ...rows.params, ...events.params, columns },
  );
  if (counted === undefined) return SAME;
  const named = (values: readonly string[]) =>
    values.length === 0
      ? null
      : Object.fromEntries(columns.map((name, index) => [name, values[index] ?? '']));
  const [names, times] = counted.columns;
  return {
    added: counted.added,
    removed: counted.removed,
    changed: counted.changed,
    columns: Object.fromEntries(names.map((name, index) => [name, times[index] ?? 0])),
    samples: counted.samples.map(([event_id, before, after]) => ({
      event_id,
      before: named(before),
      after: named(after),
    })),
  };
}
