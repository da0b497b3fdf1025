import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Access, OWNER } from './access.ts';
import type { Connections } from './connections.ts';
import { createExternal, type ExternalTable } from './external.ts';
import { serverFault } from './faults.ts';
import { judge, refuseBeyondReading, refuseBeyondRole } from './guard.ts';
import type { Incoming } from './incoming.ts';
import type { Connection, Native } from './native.ts';
import type { Pipes } from './pipes.ts';
import { ID_SETTING, withAskedIds } from './query-ids.ts';
import type { SessionAsk } from './sessions.ts';
import { identifier, literal } from './sql.ts';
import type { Statement } from './statement.ts';
import { type Summary, summary } from './summary.ts';

/** A statement and the circumstances it runs in. */
export type EngineRequest = {
  statement: Statement;
  database: string | undefined;
  /** Settings and `param_…` by name, as text; the engine judges their names and values. */
  settings: Map<string, string>;
  access: Access;
  defaultFormat: string;
  queryId: string;
  session: SessionAsk | undefined;
  external: readonly ExternalTable[];
  /** Fires when nobody waits for the answer any more: a query that reads then ends. */
  signal: AbortSignal;
};

/** What an execution works with; all of the engine's requests share them. */
export type Tools = { native: Native; connections: Connections; incoming: Incoming; pipes: Pipes };

type Query = Extract<Statement, { kind: 'query' }>;
type Insert = Extract<Statement, { kind: 'insert' }>;

const KILL_AGAIN_MS = 100;
const NO_BYTES = new Uint8Array();

/** One statement on one connection: made ready, run, and, in a session, its circumstances undone. */
export class Execution {
  readonly #tools: Tools;
  readonly #connection: Connection;
  readonly #request: EngineRequest;

  constructor(tools: Tools, connection: Connection, request: EngineRequest) {
    this.#tools = tools;
    this.#connection = connection;
    this.#request = request;
  }

  /** Writes the result to `output`. @throws what the addon throws, and EngineFault */
  async run(output: Writable): Promise<Summary> {
    const { session, statement } = this.#request;
    const undo = session === undefined ? [] : await this.#undoing();
    try {
      await this.#prepare();
      if (statement.kind === 'query') return await this.#query(statement, output);
      if (this.#request.access.readsOnly)
        throw serverFault('readonly', 'Cannot execute query in readonly mode');
      return await this.#insert(statement);
    } finally {
      for (const sql of undo) await this.#command(sql);
    }
  }

  async #prepare(): Promise<void> {
    const { database, settings, external, access, queryId, session } = this.#request;
    // In a session, the request before may have left another role.
    if (session !== undefined) await this.#command('SET ROLE DEFAULT');
    if (database !== undefined) await this.#command(`USE ${identifier(database)}`);
    const sets = [...settings, [ID_SETTING, queryId] as const];
    await this.#command(
      `SET ${sets.map(([name, value]) => `${identifier(name)} = ${literal(value)}`).join(', ')}`,
    );
    for (const table of external) {
      if (access.readsOnly) throw serverFault('readonly', 'A reader sends no external data');
      await this.#command(createExternal(table));
      const into = { kind: 'insert', into: `INSERT INTO ${identifier(table.name)}`, settings: '' } as const;
      await this.#insert({ ...into, format: table.format, data: table.data });
    }
    if (access !== OWNER) await this.#command(`SET ROLE ${access.role}`);
  }

  /** What takes a session back to before this request, whose settings and external tables are its own. */
  async #undoing(): Promise<string[]> {
    const { settings, external } = this.#request;
    const names = [...settings.keys()].filter((name) => !name.startsWith('param_'));
    const drops = external.map(({ name }) => `DROP TEMPORARY TABLE IF EXISTS ${identifier(name)}`);
    if (names.length === 0) return drops;
    const select = `SELECT name, value FROM system.settings WHERE changed AND name IN (${names.map(literal).join()})`;
    const { bytes } = await this.#tools.native.QueryAsyncConnection(
      this.#connection,
      select,
      'JSONCompactEachRow',
    );
    const lines = Buffer.from(bytes).toString().split('\n').filter(Boolean);
    const before = new Map<string, string>(lines.map((line) => JSON.parse(line)));
    const sets = names.map((name) => {
      const value = before.get(name);
      return `SET ${identifier(name)} = ${value === undefined ? 'DEFAULT' : literal(value)}`;
    });
    return [...drops, ...sets];
  }

  async #query({ head: asked, tail, format, verb }: Query, output: Writable): Promise<Summary> {
    const { native, connections, pipes } = this.#tools;
    const { access, defaultFormat, signal } = this.#request;
    const head = withAskedIds(asked);
    const { readsOnly, statements } = await connections.use(access.readsOnly, (other) =>
      judge(native, other, head + tail),
    );
    if (statements > 1) throw serverFault('syntax', 'Syntax error (Multi-statements are not allowed)');
    // CHECK GRANT only reads, and takes no INTO OUTFILE.
    if (verb === 'CHECK GRANT' || (!readsOnly && !access.readsOnly)) {
      if (access !== OWNER) refuseBeyondRole(verb);
      const { bytes, ...read } = await native.QueryAsyncConnection(
        this.#connection,
        head + tail,
        defaultFormat,
      );
      output.write(bytes);
      return summary(read);
    }
    return this.#whileWanted(() =>
      pipes.through(output, signal, async (path) => {
        const shape = format === undefined ? `FORMAT ${identifier(defaultFormat)}` : tail;
        const runs = `${head}\nINTO OUTFILE ${literal(path)} TRUNCATE ${shape}`;
        if (access.readsOnly) {
          await connections.use(true, (other) => refuseBeyondReading(native, other, head + tail, runs));
        }
        signal.throwIfAborted();
        // Given another format here, SHOW would take that one and not its own.
        const told = await native.QueryAsyncConnection(this.#connection, runs, format ?? defaultFormat);
        return summary(told);
      }),
    );
  }

  /** Ends the query when nobody waits for it: again and again, for a KILL before its start ends nothing. */
  async #whileWanted(work: () => Promise<Summary>): Promise<Summary> {
    const { signal, queryId } = this.#request;
    const { native, connections } = this.#tools;
    let done = false;
    const kill = `KILL QUERY WHERE Settings['${ID_SETTING}'] = ${literal(queryId)} ASYNC`;
    const end = async () => {
      while (!done) {
        await connections.use(false, (other) => native.QueryAsyncConnection(other, kill, 'Null'));
        await pause(KILL_AGAIN_MS);
      }
    };
    const abandoned = () => void end().catch((fault: unknown) => console.error(fault));
    signal.addEventListener('abort', abandoned, { once: true });
    try {
      return await work();
    } finally {
      done = true;
      signal.removeEventListener('abort', abandoned);
    }
  }

  async #insert(statement: Extract<Statement, { kind: 'insert' | 'insert-select' }>): Promise<Summary> {
    const { native, incoming } = this.#tools;
    // This call tells how many rows were written; the bytes that it could take are not used (see incoming.ts).
    const insert = (sql: string) => native.InsertRawAsyncConnection(this.#connection, sql, NO_BYTES, false);
    if (statement.kind === 'insert-select') return summary(await insert(statement.text));
    return summary(await incoming.hold(statement.data, (path) => insert(fromFile(statement, path))));
  }

  async #command(sql: string): Promise<void> {
    await this.#tools.native.QueryAsyncConnection(this.#connection, sql, 'Null');
  }
}

function fromFile({ into, settings, format }: Insert, path: string): string {
  return `${into} FROM INFILE ${literal(path)} ${settings} FORMAT ${format}`;
}
