import { instant } from '../../../schemas/values.ts';

/** A time as ClickHouse reads it. @param ms milliseconds since 1970 */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** A time in any of the vendor's spellings; null where there is none. */
export function timeOrNull(value: unknown): string | null {
  const ms = instant(value);
  return ms === undefined ? null : timeText(ms);
}
