import type { ClickHouseClient } from '@clickhouse/client';
import type { FactColumns } from '../../normalize/row.ts';
import { describeFault, insertFault } from '../../persist/faults.ts';
import { insertAnew } from './sql.ts';

/** An event that today's code, or the table, does not take. */
export interface Refused {
  readonly id: string;
  readonly reason: string;
}

/** Inserts rows; those that the table refuses are found by halving. @throws for anything else */
export async function insertOrRefuse(
  client: ClickHouseClient,
  table: string,
  rows: readonly FactColumns[],
): Promise<Refused[]> {
  const [first] = rows;
  if (first === undefined) return [];
  try {
    await insertAnew(client, table, rows);
    return [];
  } catch (error) {
    if (insertFault(error) !== 'poison') throw error;
    if (rows.length === 1) {
      // ClickHouse's own text may quote the row.
      return [{ id: first.event_id, reason: `the table refuses the row: ${describeFault(error).code}` }];
    }
  }
  const middle = Math.ceil(rows.length / 2);
  const refused = await insertOrRefuse(client, table, rows.slice(0, middle));
  return [...refused, ...(await insertOrRefuse(client, table, rows.slice(middle)))];
}
