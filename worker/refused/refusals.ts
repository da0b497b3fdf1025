import { DurableObject } from 'cloudflare:workers';
import type { Count } from './tally.ts';

const TABLE = `
  CREATE TABLE IF NOT EXISTS refused (
    app TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (app, reason)
  ) WITHOUT ROWID`;

/** Keeps the counts of all isolates, for good: the one object of its class, as a Durable Object. */
export class Refusals extends DurableObject {
  readonly #sql: SqlStorage;

  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    super(context, env);
    this.#sql = context.storage.sql;
    this.#sql.exec(TABLE);
  }

  /** Adds counts; what one call writes becomes durable as a whole, and only then is it answered. */
  add(counts: readonly Count[]): void {
    const upsert =
      'INSERT INTO refused VALUES (?, ?, ?) ON CONFLICT (app, reason) DO UPDATE SET count = count + excluded.count';
    for (const { app, reason, count } of counts) this.#sql.exec(upsert, app, reason, count);
  }

  /** Every count, in the order of apps and reasons. */
  counts(): Count[] {
    const query = 'SELECT app, reason, count FROM refused ORDER BY app, reason';
    return [...this.#sql.exec<{ app: string; reason: Count['reason']; count: number }>(query)];
  }
}
