/**
 * The outbox's own tables. `seen` remembers every accepted event for the days of deduplication. `pending` holds what
 * the broker has not acknowledged; `set_aside` says why, for an event that the broker will not take. `counters` holds
 * what must outlive both: the last sequence number, the counters, the last fault.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS seen (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    received_ms INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS pending (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    occurred_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    stored_ms INTEGER NOT NULL,
    traceparent TEXT,
    payload TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    set_aside TEXT,
    set_aside_ms INTEGER
  );
  CREATE INDEX IF NOT EXISTS set_aside ON pending (sequence) WHERE set_aside IS NOT NULL;
  CREATE TABLE IF NOT EXISTS counters (
    name TEXT PRIMARY KEY,
    value
  ) WITHOUT ROWID;
`;

/** A row of `pending`. */
export type PendingRow = {
  sequence: number;
  id: string;
  kind: string;
  subject: string;
  occurred_ms: number;
  received_ms: number;
  traceparent: string | null;
  payload: string;
  bytes: number;
};

/** An event that the broker refused, as `/status` shows it. */
export type SetAside = {
  readonly sequence: number;
  readonly id: string;
  readonly kind: string;
  readonly bytes: number;
  readonly reason: string;
  readonly since_ms: number;
};
