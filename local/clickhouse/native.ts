import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The native side of a session: one connection to the engine, which runs one statement at a time. */
export type Connection = { readonly connection: unique symbol };

export type QueryOutcome = { bytes: Uint8Array; elapsed: number; rowsRead: number; bytesRead: number };
export type InsertOutcome = { rowsWritten: number; bytesWritten: number; elapsed: number };

/** What the addon gives; see `loadNative`. */
export type Native = {
  CreateConnection(path: string, args: string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<QueryOutcome>;
  /** Runs the INSERT `sql` followed by `data`. */
  InsertRawAsyncConnection(
    connection: Connection,
    sql: string,
    data: Uint8Array,
    countLines: boolean,
  ): Promise<InsertOutcome>;
  /** What the engine's parser takes a text for, without running it. */
  DurableClassifyAsync(
    connection: Connection,
    sql: string,
    database: string,
  ): Promise<{ queryClass: number; statementCount: number }>;
};

/**
 * chDB's native addon, below its `Session` class. A session here lives for one request, and `Session.close()` waits
 * for every query of the process: one slow query would pile up all the sessions closed meanwhile. And only the addon
 * tells how many rows an INSERT of any form has written.
 */
export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader = join(dirname(require.resolve('chdb')), 'dist', 'loader.js');
  return require(loader).loadNative();
}
