import type { Sql } from './storage.ts';

/**
 * The outbox's own tables. `segments` holds what is to be published, a whole group of events to the row; `pending` the
 * events that were taken out of one and are kept one by one: of a topic that is held, or, with the reason in
 * `set_aside`, of those that the broker will not take. `generations` lists the tables of ids, and `state` is one row
 * with what must outlive all of them.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    value TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS segments (
    last_sequence INTEGER PRIMARY KEY,
    stored_ms INTEGER NOT NULL,
    events TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS generations (
    generation INTEGER PRIMARY KEY,
    first_sequence INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
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
    set_aside_ms INTEGER,
    chain TEXT
  );
  CREATE INDEX IF NOT EXISTS set_aside ON pending (sequence) WHERE set_aside IS NOT NULL;
  CREATE INDEX IF NOT EXISTS to_publish ON pending (kind, sequence) WHERE set_aside IS NULL;
`;

/** An earlier release looks for its counters, finds these and fails: with none it would number events from 1 again. */
const GUARD = 'CREATE TABLE IF NOT EXISTS counters (moved_to_state INTEGER)';

/**
 * Makes the tables, also of those of the first form: there, every event had a row in `pending` and one in `seen`, and
 * each counter one in `counters`. The rows stay where they are until they are published or forgotten.
 */
export function prepareTables(sql: Sql): void {
  const isOfFirstForm = hasTable(sql, 'counters') && !hasTable(sql, 'state');
  sql.exec(TABLES);
  if (isOfFirstForm) moveCounters(sql);
  sql.exec(GUARD);
  if (!hasColumn(sql, 'pending', 'chain')) sql.exec('ALTER TABLE pending ADD COLUMN chain TEXT');
}

/** Whether a table is there. */
export function hasTable(sql: Sql, name: string): boolean {
  const query = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?";
  return [...sql.exec<{ found: number }>(query, name)].length > 0;
}

function hasColumn(sql: Sql, table: string, column: string): boolean {
  const query = 'SELECT 1 AS found FROM pragma_table_info(?) WHERE name = ?';
  return [...sql.exec<{ found: number }>(query, table, column)].length > 0;
}

function moveCounters(sql: Sql): void {
  const rows = [...sql.exec<{ name: string; value: string | number }>('SELECT name, value FROM counters')];
  const counters = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const { pending = 0, set_aside: setAside = 0, last_sequence: lastSequence = 0 } = counters;
  const state = { ...counters, singles: Number(pending) - Number(setAside), passed_sequence: lastSequence };
  sql.exec('INSERT INTO state VALUES (1, ?)', JSON.stringify(state));
  sql.exec('DROP TABLE counters');
}

/** A row of `pending`. */
export type PendingRow = {
  sequence: number;
  id: string;
  kind: string;
  subject: string;
  occurred_ms: number;
  received_ms: number;
  stored_ms: number;
  traceparent: string | null;
  payload: string;
  bytes: number;
  chain: string | null;
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
