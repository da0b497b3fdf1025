import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { type } from 'arktype';
import { rowsOf } from '../../persist/clickhouse.ts';

/** What the parts of a table tell of changes that were no inserts. */
export interface TableState {
  /** Another one after tables were swapped. */
  readonly uuid: string;
  /** The last mutation that any part has gone through, 0 for none. */
  readonly mutation: number;
  /** The first block of each partition: merges keep it, and a partition that is dropped has none or a later one. */
  readonly partitions: Readonly<Record<string, number>>;
}

/** A state, and whether a mutation is still under way. */
export interface CurrentState extends TableState {
  readonly isChanging: boolean;
}

const STATES = `
  WITH parts AS
  (
    SELECT
      table, partition_id, min_block_number, data_version,
      -- partition_first_last_level_mutation; a partition by month has no underscore.
      toUInt64OrZero(splitByChar('_', name)[5]) AS mutation
    FROM system.parts
    WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)}
  ),
  partitions AS
  (
    SELECT table, partition_id, min(min_block_number) AS first, max(mutation) AS last_mutation, min(data_version) AS version
    FROM parts GROUP BY table, partition_id
  )
  SELECT
    tables.name AS table,
    toString(any(tables.uuid)) AS uuid,
    max(partitions.last_mutation) AS mutation,
    countIf(partitions.version < partitions.last_mutation) > 0 AS is_changing,
    groupArrayIf((partitions.partition_id, partitions.first), partitions.partition_id != '') AS partitions
  FROM system.tables AS tables LEFT JOIN partitions ON partitions.table = tables.name
  WHERE tables.database = currentDatabase() AND tables.name IN {tables:Array(String)}
  GROUP BY table`;

interface Row {
  readonly table: string;
  readonly uuid: string;
  readonly mutation: number;
  readonly is_changing: number;
  readonly partitions: readonly (readonly [name: string, first: number])[];
}

/** How tables stand now. @throws what ClickHouse's client throws */
export async function currentStates(
  client: ClickHouseClient,
  tables: readonly string[],
  limits: ClickHouseSettings,
): Promise<Map<string, CurrentState>> {
  const rows = await rowsOf<Row>(client, STATES, { tables }, limits);
  return new Map(
    rows.map(({ table, uuid, mutation, is_changing, partitions }) => [
      table,
      { uuid, mutation, partitions: Object.fromEntries(partitions), isChanging: Boolean(is_changing) },
    ]),
  );
}

/** Whether nothing but inserts and merges lies between two states of a table. */
export function onlyInserted(before: TableState, now: CurrentState): boolean {
  return (
    before.uuid === now.uuid &&
    before.mutation === now.mutation &&
    Object.entries(before.partitions).every(([name, first]) => (now.partitions[name] ?? Infinity) <= first)
  );
}

/** Whether there are partitions now that there were not. */
export function hasMorePartitions(before: TableState, now: TableState): boolean {
  return Object.keys(now.partitions).some((name) => before.partitions[name] === undefined);
}

const savedState = type({ uuid: 'string', mutation: 'number', partitions: { '[string]': 'number' } });

/** Reads a state as it was saved; undefined for anything else. */
export function readState(text: string): TableState | undefined {
  try {
    const state = savedState(JSON.parse(text));
    return state instanceof type.errors ? undefined : state;
  } catch {
    return undefined;
  }
}
