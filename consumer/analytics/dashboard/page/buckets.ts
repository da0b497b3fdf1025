import { serverNow } from './ask.ts';
import type { CardData } from './card.ts';
import { wallClock } from './numbers.ts';
import { numberOf, type Row, textOf } from './values.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As the query has it. */
const MOST_HOURLY_MS = 3 * DAY_MS;

/**
 * The rows of activity-over-time with the empty buckets between them, each with its bounds: `from` and `to`, cut by the
 * period's own, and `is_cut` where they are. A bucket in the future has no numbers.
 */
export function buckets({ of, asked, view }: Pick<CardData, 'of' | 'asked' | 'view'>): {
  rows: Row[];
  isHourly: boolean;
} {
  const found = new Map(
    of('activity-over-time').rows.map((row) => [textOf(row, 'bucket').slice(0, 16), row]),
  );
  const { from = '', to = '' } = asked;
  const [firstMs, endMs] = [localMs(from, view.tz), localMs(to, view.tz)];
  const nowMs = localMs(new Date(serverNow()).toISOString(), view.tz);
  const isHourly = endMs - firstMs <= MOST_HOURLY_MS;
  const stepMs = isHourly ? HOUR_MS : DAY_MS;
  const rows: Row[] = [];
  // Local clocks, counted as if they were UTC's: each bucket has a name of its own, whatever the clock does.
  for (let ms = Math.floor(firstMs / stepMs) * stepMs; ms < endMs; ms += stepMs) {
    const bucket = minute(ms);
    const row = found.get(bucket);
    const [startsBefore, endsAfter] = [ms < firstMs, ms + stepMs > endMs];
    const bounds = { from: startsBefore ? from : bucket, to: endsAfter ? to : minute(ms + stepMs) };
    const numbers = { sessions: numberOf(row, 'sessions'), resolutions: numberOf(row, 'resolutions') };
    const isFuture = ms > nowMs;
    rows.push({ bucket, ...bounds, is_cut: startsBefore || endsAfter, ...(isFuture ? {} : numbers) });
  }
  return { rows, isHourly };
}

/** The local clock of a time as it is asked for: a local day, or an instant in ISO 8601. */
function localMs(time: string, tz: string): number {
  const local = time.endsWith('Z') ? wallClock(Date.parse(time), tz) : `${time} 00:00:00`;
  return Date.parse(`${local.replace(' ', 'T')}Z`);
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
