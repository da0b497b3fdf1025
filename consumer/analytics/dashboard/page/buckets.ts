import { serverNow } from './ask.ts';
import type { CardData } from './card.ts';
import { localClock, localDay, localMonth } from './numbers.ts';
import { numberOf, type Row, textOf } from './values.ts';

/** Of which length the buckets of activity-over-time are. */
export type Unit = 'hour' | 'day' | 'month';

/**
 * The rows of activity-over-time, as the query has them: it knows what the zone's clock does, and gives every bucket
 * with its bounds. Added are its `label` and `is_cut`, where the period cuts it; a bucket in the future has no numbers.
 */
export function buckets({ of }: Pick<CardData, 'of'>): { rows: Row[]; unit: Unit } {
  const { rows } = of('activity-over-time');
  const unit = unitOf(textOf(rows[0], 'unit'));
  const shown = new Map<string, number>();
  for (const row of rows) shown.set(label(row, unit), (shown.get(label(row, unit)) ?? 0) + 1);
  return { rows: rows.map((row) => withLabel(row, unit, shown)), unit };
}

function unitOf(text: string): Unit {
  return text === 'hour' || text === 'month' ? text : 'day';
}

function withLabel(row: Row, unit: Unit, shown: ReadonlyMap<string, number>): Row {
  const text = label(row, unit);
  const isRepeated = (shown.get(text) ?? 0) > 1;
  const isFuture = Date.parse(textOf(row, 'from_at')) > serverNow();
  return {
    ...row,
    // The hour that the clock repeats: the two are told apart by how far it is from UTC.
    label: isRepeated ? `${text} (UTC${textOf(row, 'bucket').slice(-6)})` : text,
    is_cut: numberOf(row, 'is_whole') === 0,
    ...(isFuture ? { sessions: null, resolutions: null } : {}),
  };
}

function label(row: Row, unit: Unit): string {
  const bucket = textOf(row, 'bucket');
  if (unit === 'month') return localMonth(bucket);
  return unit === 'hour' ? `${localDay(bucket)} ${localClock(bucket)}` : localDay(bucket);
}
