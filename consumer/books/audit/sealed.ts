import { type Gone, sealedUntil } from '../retention/kept.ts';
import { monthText } from '../retention/months.ts';

/** Rows that are no longer kept. The books count them on, as they stood when they were dropped. */
export interface Sealed {
  readonly table: 'events' | 'messages';
  /** `2024-10-01`: those before it, of events by their receipt, of messages by when they happened. */
  readonly until: string;
  /** Months before it that are kept, such as `2024-07`. */
  readonly but: readonly string[];
}

/** What is no longer kept; empty where all is. */
export function sealedOf(gone: Gone): Sealed[] {
  return (['events', 'messages'] as const).flatMap((table) => {
    const until = sealedUntil(gone[table]);
    return until === null ? [] : [{ table, until, but: gone[table].held.map(monthText) }];
  });
}

/** A line for each table of which something is no longer kept. */
export function sealedInText(sealed: readonly Sealed[]): string[] {
  return sealed.map(({ table, until, but }) => {
    const held = but.length === 0 ? '' : `, but for those of ${but.join(', ')}`;
    return `Sealed until ${until}: ${table} before it${held} are no longer kept. Their books were balanced, and are counted above.`;
  });
}
