import { tokens } from './tokens.ts';

/**
 * The engine gives each query an id of its own and takes none. A request's id goes along as `log_comment`, and what
 * clients write about `query_id`, in KILL QUERY and of system.processes, is made to mean that one.
 */
export const ID_SETTING = 'log_comment';

const WITH_BOTH_IDS = `SELECT *, query_id AS engine_id, Settings['${ID_SETTING}'] AS asked_id FROM system.processes`;
/** system.processes as on a server, with `engine_id` besides. */
const PROCESSES = `(SELECT * EXCEPT (query_id, asked_id), asked_id AS query_id FROM (${WITH_BOTH_IDS}))`;

const AFTER_CONDITION = new Set(['SYNC', 'ASYNC', 'TEST', 'FORMAT', 'SETTINGS']);

/** A statement with the ids that clients know in place of the engine's. */
export function withAskedIds(sql: string): string {
  const all = [...tokens(sql)];
  const first = all[0]?.word;
  const where = all.find(({ word, depth }) => word === 'WHERE' && depth === 0);
  if (first === 'KILL' && all[1]?.word === 'QUERY' && where !== undefined) {
    const behind = all.find(
      ({ word, depth, start }) => start > where.start && depth === 0 && AFTER_CONDITION.has(word),
    );
    const end = behind?.start ?? sql.length;
    const condition = sql.slice(where.end, end);
    const ids = `SELECT engine_id FROM ${PROCESSES} WHERE ${condition}`;
    return `${sql.slice(0, where.end)} query_id IN (${ids}\n) ${sql.slice(end)}`;
  }
  let changed = '';
  let at = 0;
  for (const [index, token] of all.entries()) {
    const [dot, name, next] = all.slice(index + 1, index + 4);
    if (token.word !== 'SYSTEM' || dot?.text !== '.' || name?.word !== 'PROCESSES') continue;
    if (next?.text === '.' || !['FROM', 'JOIN'].includes(all[index - 1]?.word ?? '')) continue;
    changed += `${sql.slice(at, token.start)}${PROCESSES}`;
    at = name.end;
  }
  return changed + sql.slice(at);
}
