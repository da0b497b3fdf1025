import { normalize } from '../../consumer/normalize/normalize.ts';
import type { FactColumns } from '../../consumer/normalize/row.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { type Arrived, eventOf } from './arrived.ts';

export type NormalizedRow = FactColumns & { readonly [column: string]: unknown };

/** The rows that the consumer makes of webhooks, by kind; what has no table has its event's columns alone. */
export function rowsOf(arrived: readonly Arrived[]): { of(kind: Kind): readonly NormalizedRow[] } {
  const rows = Map.groupBy(arrived, ({ recognized }) => recognized.kind);
  const of = (kind: Kind) => (rows.get(kind) ?? []).map(rowOf);
  return { of };
}

function rowOf(each: Arrived): NormalizedRow {
  const event = eventOf(each);
  const normalized = normalize(event, event.payload);
  if (normalized.outcome === 'refused') throw new Error(normalized.reason);
  return (normalized.outcome === 'row' ? normalized.row : {}) as NormalizedRow;
}
