import type { Named } from '../outbox/layout/known-layouts.ts';
import type { Count, Ledger, Tally } from './tally.ts';

/**
 * How many webhooks were refused since the Worker was first deployed: app → reason → count, with `(unknown)` for all
 * names that are no app. Each is at least what this isolate and, up to a second ago, the others have refused, save what
 * an isolate took with it when it was ended; a batch whose answer got lost is counted twice. Null when the counts
 * cannot be read now.
 */
export type Refused = Readonly<Record<string, Readonly<Record<string, number>>>> | null;

/** What is asked of the one that keeps the counts. */
export interface LedgerObject extends Ledger {
  counts(): Promise<Count[]>;
}

/** Where all isolates hand their counts over. */
export function ledgerOf(refusals: Named<LedgerObject>): LedgerObject {
  return refusals.getByName('all');
}

/** The counts for `GET /status`, this isolate's latest among them. */
export async function refusedStatus(tally: Tally, refusals: Named<LedgerObject>): Promise<Refused> {
  const ledger = ledgerOf(refusals);
  try {
    await tally.handOver(ledger);
    const byApp = Map.groupBy(await ledger.counts(), ({ app }) => app);
    return Object.fromEntries(
      [...byApp].map(([app, counts]) => [
        app,
        Object.fromEntries(counts.map(({ reason, count }) => [reason, count])),
      ]),
    );
  } catch {
    return null;
  }
}
