import type { Store } from './store.ts';
import type { SetAside } from './tables.ts';

/** What an outbox says of itself; times in milliseconds, `_at` in RFC 3339. */
export interface OutboxStatus {
  readonly outbox: string;
  /** Events accepted and not yet acknowledged by the broker, those set aside included. */
  readonly pending: number;
  readonly pending_bytes: number;
  /** Age of the oldest of them, counted from when it was stored; 0 when there is none. */
  readonly oldest_age_ms: number;
  /** Bytes of the outbox's database, which never shrinks, and what it may grow to: near it, the outbox answers 503. */
  readonly database_bytes: number;
  readonly max_database_bytes: number;
  readonly last_sequence: number;
  /** The link of the event with the last sequence number; null while the outbox has made none. */
  readonly chain: string | null;
  /** Every event up to this sequence number is acknowledged by the broker, or set aside. */
  readonly published_sequence: number;
  /** Events accepted, by kind: together the last sequence. */
  readonly accepted: Readonly<Record<string, number>>;
  readonly published: number;
  readonly duplicates: number;
  /** RFC 3339: events from before are not known again, for want of room; null while `DEDUP_DAYS` hold. */
  readonly remembers_since: string | null;
  /** Events that the broker refused, all of them; `set_aside` shows the oldest. */
  readonly set_aside_total: number;
  readonly set_aside: readonly SetAside[];
  readonly last_fault: { readonly what: string; readonly at: string } | null;
}

const SHOWN = 100;

/** Reads the state of an outbox from its store. */
export function statusOf(store: Store, outbox: string, nowMs: number): OutboxStatus {
  const { counters } = store;
  const { pending, pendingBytes, published } = store.amounts();
  const oldest = store.oldestPendingMs();
  const what = counters.text('last_fault');
  const sinceMs = store.remembersSinceMs(nowMs);
  return {
    outbox,
    pending,
    pending_bytes: pendingBytes,
    database_bytes: store.databaseSize,
    max_database_bytes: store.maxBytes,
    oldest_age_ms: oldest === undefined ? 0 : Math.max(0, nowMs - oldest),
    last_sequence: counters.number('last_sequence'),
    chain: counters.text('chain') ?? null,
    published_sequence: store.publishedSequence(),
    accepted: counters.numbers('accepted.'),
    published,
    duplicates: counters.number('duplicates'),
    remembers_since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    set_aside_total: counters.number('set_aside'),
    set_aside: store.setAsideEvents(SHOWN),
    last_fault:
      what === undefined ? null : { what, at: new Date(counters.number('last_fault_ms')).toISOString() },
  };
}
