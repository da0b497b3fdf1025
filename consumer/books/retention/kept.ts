import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import { DROPPED_TABLE } from '../../persist/tables.ts';
import { dayText, endMs, type Month, monthOf, monthText } from './months.ts';
import { EVENTS, MESSAGES, type Retained } from './retained.ts';

/** What is no longer kept of a table. */
export interface NotKept {
  /** The months whose partitions were dropped, in order. */
  readonly months: readonly Month[];
  /** Months before the last of these that are kept all the same, since their books were not balanced. */
  readonly held: readonly Month[];
}

/** What is no longer kept, by the name of the view. */
export interface Gone {
  readonly events: NotKept;
  readonly messages: NotKept;
}

/** Nothing was dropped. */
export const ALL_KEPT: Gone = { events: { months: [], held: [] }, messages: { months: [], held: [] } };

/** Reads what is no longer kept. @throws what ClickHouse's client throws */
export async function readGone(client: ClickHouseClient): Promise<Gone> {
  const dropped = await rowsOf<{ table: string; partition: Month }>(
    client,
    `SELECT DISTINCT toString(table) AS table, partition FROM ${DROPPED_TABLE} ORDER BY partition`,
  );
  if (dropped.length === 0) return ALL_KEPT;
  const ofTable = async (retained: Retained): Promise<NotKept> => {
    const months = dropped.filter(({ table }) => table === retained.table).map(({ partition }) => partition);
    return { months, held: await heldMonths(client, retained, months) };
  };
  return { events: await ofTable(EVENTS), messages: await ofTable(MESSAGES) };
}

async function heldMonths(
  client: ClickHouseClient,
  { table, time }: Retained,
  months: readonly Month[],
): Promise<Month[]> {
  const last = months.at(-1);
  if (last === undefined) return [];
  const rows = await rowsOf<{ month: Month }>(
    client,
    `SELECT DISTINCT toYYYYMM(${time}) AS month FROM ${table}
     WHERE toYYYYMM(${time}) < {last:UInt32} AND NOT has({months:Array(UInt32)}, toYYYYMM(${time})) ORDER BY month`,
    { last, months },
  );
  return rows.map(({ month }) => month);
}

/** Up to when something was dropped, milliseconds since 1970; undefined where nothing was. */
function sealedUntilMs({ months }: NotKept): number | undefined {
  const last = months.at(-1);
  return last === undefined ? undefined : endMs(last);
}

/** Which events of a time from a moment on are no longer kept; undefined where all are. */
export function eventsGoneSince({ events }: Gone, fromMs: number): NotKept | undefined {
  return fromMs < (sealedUntilMs(events) ?? -Infinity) ? events : undefined;
}

/** `2024-10-01`, and null where nothing was dropped: for programs. */
export function sealedUntil(notKept: NotKept): string | null {
  const ms = sealedUntilMs(notKept);
  return ms === undefined ? null : dayText(ms);
}

/** `before 2024-10-01, but for 2024-07,`: which of a table is no longer kept. Undefined where all is. */
export function beforeWhen(notKept: NotKept): string | undefined {
  const until = sealedUntil(notKept);
  if (until === null) return undefined;
  const { held } = notKept;
  return held.length === 0
    ? `before ${until}`
    : `before ${until}, but for those of ${held.map(monthText).join(', ')},`;
}

/** Whether what is of a moment is no longer kept. */
export function isGone({ months }: NotKept, ms: number): boolean {
  return months.includes(monthOf(ms));
}
