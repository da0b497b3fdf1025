import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS } from '../../consumer/persist/migrate.ts';
import type { Database } from '../support/clickhouse.ts';

/** The books as they are defined: out of every row. The views read them by pages, and must say the same. */
const DEFINITIONS = [
  '0050_repeated_events',
  '0086_outbox_books',
  '0055_completeness',
  '0087_audit_entries',
  '0057_audit',
];
const NAMES = /\b(repeated_events|outbox_books|completeness|audit_entries|audit)\b(?!')/g;

/** Makes views of these names with `oracle_` before them. */
export async function createOracle({ client }: Database): Promise<void> {
  for (const name of DEFINITIONS) {
    const sql = await readFile(join(MIGRATIONS, `${name}.sql`), 'utf8');
    const code = sql.replace(/--.*$/gm, '');
    await client.command({ query: code.replace(NAMES, 'oracle_$1') });
  }
}

const VIEWS = ['audit', 'outbox_books', 'completeness', 'repeated_events'];

/** What the books say, a list of rows for each of their views. */
export function booksOf({ rows }: Database, prefix: '' | 'oracle_' = '') {
  return Promise.all(VIEWS.map((view) => rows(`SELECT * FROM ${prefix}${view} ORDER BY ALL`)));
}

/** What the books say, and what they should. */
export async function compared(database: Database) {
  return { found: await booksOf(database), expected: await booksOf(database, 'oracle_') };
}
