import { serverFault } from './faults.ts';
import type { Connection, Native } from './native.ts';
import { literal } from './sql.ts';
import { tokens } from './tokens.ts';

/** As chDB's `QueryClass`: what the engine's own parser says that a statement does. */
const READ_ONLY = 0;

/** What a statement's text is to the engine's parser. */
export type Judged = { readsOnly: boolean; statements: number };

/** Asks the engine's parser; nothing runs. A text that is no SQL has 0 statements. */
export async function judge(native: Native, connection: Connection, sql: string): Promise<Judged> {
  const { queryClass, statementCount } = await native.DurableClassifyAsync(connection, sql, 'default');
  return { readsOnly: queryClass === READ_ONLY && statementCount === 1, statements: statementCount };
}

/**
 * The functions that reach out of the engine and that no grant covers, in any place that a function can have
 * (`APPLY file`, `arrayMap(file, …)`).
 */
const UNGRANTED = new Set(['FILE', 'CATBOOSTEVALUATE']);

/**
 * Refuses what the engine's one user may do and a user of a role may not: take another role, and KILL requests of other
 * users, which the engine takes for its own.
 * @param verb as a statement has it
 * @throws EngineFault 497
 */
export function refuseBeyondRole(verb: string): void {
  if (verb !== 'SET ROLE' && verb !== 'KILL') return;
  throw serverFault('accessDenied', `Not enough privileges for ${verb}`);
}

/**
 * Refuses what a reader may not run and the role's grants let through: KILL of other requests, which the engine takes
 * for queries of the same user; SET ROLE; INTO OUTFILE; the function `file`. Names are looked for in the text that
 * the engine's own parser gives back, in which nothing is escaped or commented.
 * @param connection one without settings of the request, which could change what is judged
 * @param runs the text that is going to run, where it is not `asked` itself
 * @throws EngineFault 164, 497; 62 where it is no SQL
 */
export async function refuseBeyondReading(
  native: Native,
  connection: Connection,
  asked: string,
  runs: string,
): Promise<void> {
  const { readsOnly, statements } = await judge(native, connection, asked);
  if (!readsOnly && statements > 0) {
    throw serverFault('readonly', 'Cannot execute query in readonly mode');
  }
  const select = `SELECT formatQuerySingleLine(${literal(asked)}), formatQuerySingleLine(${literal(runs)})`;
  const { bytes } = await native.QueryAsyncConnection(connection, select, 'JSONCompactEachRow');
  const formatted: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!Array.isArray(formatted) || formatted.length !== 2) throw new Error('formatQuery gave no two texts');
  if (!readsOnly || (await judge(native, connection, runs)).statements !== 1) {
    throw serverFault('syntax', 'Syntax error (Multi-statements are not allowed)');
  }
  for (const text of formatted) {
    for (const token of tokens(String(text))) {
      const name = token.text.replace(/^[`"]|[`"]$/g, '').toUpperCase();
      if (!token.text.startsWith("'") && UNGRANTED.has(name)) {
        throw serverFault('accessDenied', `Not enough privileges for ${token.text}: a reader has no files`);
      }
    }
  }
}
