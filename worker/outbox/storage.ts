/** What SQLite holds in a column. */
export type SqlValue = ArrayBuffer | string | number | null;

/** SQL as a Durable Object's storage runs it. */
export interface Sql {
  exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: unknown[]): Iterable<Row>;
  /** Bytes of the database, free pages included: it never shrinks. */
  readonly databaseSize: number;
}

/** The part of a Durable Object's storage that the store needs. */
export interface Storage {
  readonly sql: Sql;
  transactionSync<Result>(work: () => Result): Result;
}
