import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { engineFault } from './faults.ts';
import { Incoming } from './incoming.ts';
import { type Connection, loadNative } from './native.ts';
import { Slots } from './slots.ts';
import type { Statement } from './statement.ts';

/** A statement and the circumstances it runs in. */
export type EngineRequest = {
  statement: Statement;
  database: string | undefined;
  /** Settings and `param_…` by name, as text; the engine judges their names and values. */
  settings: Map<string, string>;
  /** ClickHouse's readonly = 2: no writes, no DDL, settings may change. */
  readonly: boolean;
  defaultFormat: string;
  /** Fires when nobody waits for the answer any more; a statement that has not begun is then not begun. */
  signal: AbortSignal;
};

/** What ClickHouse reports as a query's summary, as far as the engine tells. */
export type Summary = {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  elapsedNs: number;
};

export type EngineResult = { body: Uint8Array; summary: Summary };

export type Engine = {
  /** @throws EngineFault with ClickHouse's code */
  run(request: EngineRequest): Promise<EngineResult>;
  /** Closes the data folder. Nothing may run any more. */
  close(): void;
};

/** Threads that the engine needs in libuv's pool (UV_THREADPOOL_SIZE): a running statement holds one. */
export const ENGINE_THREADS = 6;
const QUERY_SLOTS = 4;

// As in clickhouse-server; the embedded engine starts with the settings of clickhouse-local.
const AS_SERVER = ['--async_load_databases=0', '--implicit_select=0', '--allow_introspection_functions=0'];
const READONLY = ['--readonly=2'];
const NO_BYTES = new Uint8Array();

/**
 * Opens ClickHouse's engine on a folder, made when it is not there. Every request gets a connection of its own, which opens in less than a
 * millisecond: no setting, parameter, database or temporary table can reach the next request.
 */
export function openEngine(dir: string): Engine {
  const dataDir = join(dir, 'data');
  const incoming = new Incoming(join(dir, 'incoming'));
  const native = loadNative();
  const slots = new Slots({ total: ENGINE_THREADS, forQueries: QUERY_SLOTS });
  mkdirSync(dataDir, { recursive: true });
  // With its last connection the engine closes the data folder: this one keeps it open.
  const keeper = native.CreateConnection(dataDir, AS_SERVER);

  async function execute(connection: Connection, request: EngineRequest): Promise<EngineResult> {
    for (const sql of preparation(request)) await native.QueryAsyncConnection(connection, sql, 'Null');
    const { statement, defaultFormat } = request;
    if (statement.kind === 'query') {
      const { bytes, ...read } = await native.QueryAsyncConnection(connection, statement.text, defaultFormat);
      return { body: bytes, summary: summary(read) };
    }
    // This call tells how many rows were written; the bytes that it could take are not used (see incoming.ts).
    const insert = (sql: string) => native.InsertRawAsyncConnection(connection, sql, NO_BYTES, false);
    const written =
      statement.kind === 'insert-select'
        ? await insert(statement.text)
        : await incoming.hold(statement.data, (path) => insert(fromFile(statement, path)));
    return { body: NO_BYTES, summary: summary(written) };
  }

  async function run(request: EngineRequest): Promise<EngineResult> {
    const { statement, readonly, signal } = request;
    const slot = await slots.acquire(statement.kind === 'insert' ? 'insert' : 'query', signal);
    try {
      const args = readonly ? [...AS_SERVER, ...READONLY] : AS_SERVER;
      const connection = native.CreateConnection(dataDir, args);
      try {
        return await execute(connection, request);
      } catch (thrown) {
        throw engineFault(thrown);
      } finally {
        native.CloseConnection(connection);
      }
    } finally {
      slot.release();
    }
  }

  return { run, close: () => native.CloseConnection(keeper) };
}

type Insert = Extract<Statement, { kind: 'insert' }>;

function fromFile({ into, settings, format }: Insert, path: string): string {
  return `${into} FROM INFILE ${literal(path)} ${settings} FORMAT ${format}`;
}

function preparation({ database, settings }: EngineRequest): string[] {
  const sets = [...settings].map(([name, value]) => `${identifier(name)} = ${literal(value)}`);
  return [
    ...(database === undefined ? [] : [`USE ${identifier(database)}`]),
    ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
  ];
}

function identifier(name: string): string {
  return `\`${escaped(name).replaceAll('`', '\\`')}\``;
}

function literal(value: string): string {
  return `'${escaped(value).replaceAll("'", "\\'")}'`;
}

/** A NUL byte would end the text on its way to the engine. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0');
}

type Told = Partial<Record<'rowsRead' | 'bytesRead' | 'rowsWritten' | 'bytesWritten' | 'elapsed', number>>;

function summary(told: Told): Summary {
  const { rowsRead = 0, bytesRead = 0, rowsWritten = 0, bytesWritten = 0, elapsed = 0 } = told;
  return {
    readRows: rowsRead,
    readBytes: bytesRead,
    writtenRows: rowsWritten,
    writtenBytes: bytesWritten,
    elapsedNs: Math.round(elapsed * 1e9),
  };
}
