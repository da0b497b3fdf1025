import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SqlValue, Storage } from '../../worker/outbox/store.ts';

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
      database.exec('ROLLBACK');
      throw error;
    }
  };
  return { sql: { exec }, transactionSync, close: () => database.close() };
}
