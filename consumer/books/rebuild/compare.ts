import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import { EVENTS_TABLE } from '../../persist/tables.ts';
import type { Gone } from '../retention/kept.ts';
import { type Difference, SAME, SAMPLES, type Sample } from './difference.ts';
import type { Scope } from './options.ts';
import { withinReach } from './reach.ts';
import { shown } from './shown.ts';
import { and, ofApp, ofKind, type Window, within } from './sql.ts';

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

/** What is compared: the columns of the rows of a window, in the shadow and in the live table. */
export interface Comparison {
  readonly scope: Scope;
  readonly shadow: string;
  readonly columns: readonly string[];
  readonly window: Window;
  /** Whether events of the kind were accepted more than once. */
  readonly hasRepeats: boolean;
  /** What is no longer kept: the rows of it are not compared. */
  readonly gone: Gone;
}

/**
 * Compares the shadow's rows of a window with the live table's. Rows are compared by their events: those that are
 * the same on both sides go first, then what is left of an event before and after are one changed row, also when its
 * sort key is another now; and the rest is added or removed.
 *
 * A live row whose event stands in `events`, but not in the shadow, came in after the shadow was filled. One whose
 * event the shadow has in another window is the second row of an event that was accepted again.
 */
export async function compare(client: ClickHouseClient, comparison: Comparison): Promise<Difference> {
  const { scope, columns, window } = comparison;
  const rows = and(within(window), ofApp(scope), withinReach(scope.kind, comparison.gone));
  const events = and(ofKind(scope), within(window));
  const query = `
    WITH
      sides AS (${sides(comparison, rows.sql)}),
      of_events AS (${OF_EVENTS}),
      differing AS (${differing(comparison, events.sql)}),
      named AS (${NAMED})
    ${COUNTED}`;
  const [counted] = await rowsOf<Counted>(client, query, { ...rows.params, ...events.params, columns });
  return counted === undefined ? SAME : differenceOf(counted, columns);
}

/** The rows of both sides, each as the JSON texts of its columns. */
function sides({ scope, shadow, columns }: Comparison, where: string): string {
  const texts = `[${columns.map((name) => `toJSONString(${name})`).join(', ')}]`;
  return `
    SELECT event_id, 1 AS is_new, ${texts} AS texts FROM ${shadow} FINAL WHERE ${where}
    UNION ALL
    SELECT event_id, 0, ${texts} FROM ${scope.table} FINAL WHERE ${where}`;
}

/** The rows of each event, of those that are not the same on both sides. */
const OF_EVENTS = `
  SELECT event_id, groupArrayIf(texts, is_new = 1) AS news, groupArrayIf(texts, is_new = 0) AS olds
  FROM sides
  GROUP BY event_id
  HAVING news != olds`;

/** What is on one side only. */
function differing({ shadow, hasRepeats }: Comparison, ofTheirEvents: string): string {
  const olds = `SELECT event_id FROM of_events WHERE empty(news)`;
  const second = `event_id IN (SELECT event_id FROM ${shadow} WHERE event_id IN (${olds}))`;
  return `
    SELECT
      event_id,
      arrayFilter(row -> NOT has(olds, row), news) AS after,
      arrayFilter(row -> NOT has(news, row), olds) AS before,
      least(length(before), length(after)) AS both
    FROM of_events
    WHERE notEmpty(news)
      OR event_id NOT IN (SELECT event_id FROM ${EVENTS_TABLE} WHERE ${ofTheirEvents})
      OR ${hasRepeats ? second : '0'}`;
}

/** With the names of the columns that differ, where an event has a row before and after. */
const NAMED = `
  SELECT
    *,
    if(
      both > 0,
      arrayFilter((name, old, new) -> old != new, {columns:Array(String)}, before[1], after[1]),
      []
    ) AS names
  FROM differing`;

const COUNTED = `
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
  FROM named`;

interface Counted {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columns: readonly [names: readonly string[], times: readonly number[]];
  readonly samples: readonly (readonly [id: string, before: readonly string[], after: readonly string[]])[];
}

function differenceOf(
  { added, removed, changed, ...found }: Counted,
  columns: readonly string[],
): Difference {
  const [names, times] = found.columns;
  return {
    added,
    removed,
    changed,
    columns: Object.fromEntries(names.map((name, index) => [name, times[index] ?? 0])),
    samples: found.samples.map(([event_id, before, after]): Sample => {
      return shown({ event_id, before: named(columns, before), after: named(columns, after) });
    }),
  };
}

/** Values by their columns; null for a row that is not there. */
function named(columns: readonly string[], values: readonly string[]): Sample['before'] {
  if (values.length === 0) return null;
  return Object.fromEntries(columns.map((name, index) => [name, values[index] ?? '']));
}
