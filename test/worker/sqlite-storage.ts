import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqlValue, Storage } from '../../worker/outbox/storage.ts';

/**
 * A Durable Object's storage on Node's own SQLite, the engine that the real one has too: for testing the outbox's
 * rules without the runtime around them. `work` that throws is rolled back.
 */
export function sqliteStorage(path = ':memory:'): Storage & { close(): void } {
  const database = new DatabaseSync(path);
  const exec = <Row extends Record<string, SqlValue>>(
    query: string,
    ...bindings: unknown[]
  ): Iterable<Row> => {
    if (query.trimStart().startsWith('CREATE')) {
      database.exec(query);
      return [];
    }
    return database.prepare(query).all(...(bindings as SQLInputValue[])) as Row[];
  };
  const transactionSync = <Result>(work: () => Result): Result => {
    database.exec('BEGIN');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite itself rolls back when it has no room.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  const sql = {
    exec,
    get databaseSize() {
      return databaseBytes(database);
    },
  };
  return { sql, transactionSync, close: () => database.close() };
}

/** The size of a database, as a Durable Object tells it of its own. */
export function databaseBytes(database: DatabaseSync): number {
  return pragma(database, 'page_count') * pragma(database, 'page_size');
}

function pragma(database: DatabaseSync, name: 'page_count' | 'page_size'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
