import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { type Role, writeAccess } from './access.ts';
import { Connections } from './connections.ts';
import { type EngineRequest, Execution, type Tools } from './execution.ts';
import { engineFault, serverFault } from './faults.ts';
import { Incoming } from './incoming.ts';
import { loadNative } from './native.ts';
import { Pipes } from './pipes.ts';
import { Sessions } from './sessions.ts';
import { type SlotKind, Slots } from './slots.ts';
import type { Summary } from './summary.ts';

export type Engine = {
  /**
   * Runs a statement and writes its result to `output` as it comes, no faster than that takes it.
   * @throws EngineFault with ClickHouse's code
   */
  run(request: EngineRequest, output: Writable): Promise<Summary>;
  /** Closes the data folder. Nothing may run any more. */
  close(): void;
};

const SLOTS = { query: 4, insert: 6, kill: 7 };

/**
 * Threads that the engine needs in libuv's pool (UV_THREADPOOL_SIZE): a running statement holds one, and ending those
 * that nobody waits for takes as many again at the most.
 */
export const ENGINE_THREADS = SLOTS.kill + SLOTS.query;

/**
 * Opens ClickHouse's engine on a folder, made when it is not there. A request without a session gets a connection of
 * its own, which opens in less than a millisecond: no setting, parameter, database or temporary table can reach the
 * next one.
 * @param memoryBytes what a query may take
 * @param roles that a request may have besides those of access.ts
 */
export function openEngine(dir: string, memoryBytes: number, roles: readonly Role[]): Engine {
  const dataDir = join(dir, 'data');
  mkdirSync(dataDir, { recursive: true });
  const native = loadNative();
  const connections = new Connections(native, dataDir, writeAccess(join(dir, 'access'), memoryBytes, roles));
  const sessions = new Sessions({
    open: () => connections.open(false),
    close: (it) => connections.close(it),
  });
  const slots = new Slots(SLOTS);
  const tools: Tools = {
    native,
    connections,
    incoming: new Incoming(join(dir, 'incoming')),
    pipes: new Pipes(join(dir, 'pipes'), SLOTS.kill),
  };
  const running = new Set<string>();

  function within(request: EngineRequest, output: Writable): Promise<Summary> {
    const { session, access } = request;
    if (session !== undefined) {
      return sessions.use(session, (kept) => new Execution(tools, kept, request).run(output));
    }
    return connections.use(access.readsOnly, (fresh) => new Execution(tools, fresh, request).run(output));
  }

  async function run(request: EngineRequest, output: Writable): Promise<Summary> {
    const { queryId, signal } = request;
    if (running.has(queryId)) throw serverFault('sameId', `Query with id = ${queryId} is already running`);
    running.add(queryId);
    try {
      const slot = await slots.acquire(slotKind(request), signal);
      try {
        return await within(request, output);
      } catch (thrown) {
        throw engineFault(thrown);
      } finally {
        slot.release();
      }
    } finally {
      running.delete(queryId);
    }
  }

  const close = () => {
    sessions.close();
    connections.closeLast();
  };
  return { run, close };
}

function slotKind({ statement, access }: EngineRequest): SlotKind {
  if (access.readsOnly) return 'query';
  if (statement.kind === 'insert') return 'insert';
  return statement.kind === 'query' && statement.verb === 'KILL' ? 'kill' : 'query';
}
