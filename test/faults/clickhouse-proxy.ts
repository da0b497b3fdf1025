import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { passAll, Trap } from './trap.ts';

/** An INSERT that passes. */
export type Insert = { readonly table: string };

/** What happens to inserts until told otherwise. */
export type InsertFault =
  | { readonly how: 'pass' }
  /** Answers in ClickHouse's place, and does not ask it: what it would say in such a state. */
  | { readonly how: 'answer'; readonly status: number; readonly text: string }
  /** Sends ClickHouse half of the body and closes both connections. */
  | { readonly how: 'cut-half' };

/** Before it goes to ClickHouse, half-way through its body, or when ClickHouse has answered it. */
export type InsertMoment = 'request' | 'half' | 'answer';

export type ClickHouseProxy = TcpProxy & {
  inserts(fault: InsertFault): void;
  /** Holds inserts at a moment. @param isIt which of them */
  trap(at: InsertMoment, isIt?: (insert: Insert) => boolean): Trap<Insert>;
  close(): Promise<void>;
};

type State = { fault: InsertFault; faulted: number; traps: Record<InsertMoment, Set<Trap<Insert>>> };

/**
 * A proxy before a ClickHouse that reads HTTP: all passes as it is, but inserts can be held, cut, or answered by the
 * proxy itself, which then stands in for a ClickHouse in that state.
 */
export async function startClickHouseProxy(targetPort: number): Promise<ClickHouseProxy> {
  const state: State = {
    fault: { how: 'pass' },
    faulted: 0,
    traps: { request: new Set(), half: new Set(), answer: new Set() },
  };
  const server = createServer((request, response) => {
    handle(state, targetPort, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startTcpProxy((server.address() as AddressInfo).port);
  return {
    ...proxy,
    disturbed: () => proxy.disturbed() + state.faulted,
    inserts: (fault) => {
      state.fault = fault;
    },
    trap: (at, isIt = () => true) => {
      const trap = new Trap(isIt, true);
      state.traps[at].add(trap);
      return trap;
    },
    close: async () => {
      await proxy.set('cut');
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function handle(state: State, port: number, request: IncomingMessage, response: ServerResponse) {
  const body = await buffer(request);
  const insert = insertOf(request);
  const fault: InsertFault = insert === undefined ? { how: 'pass' } : state.fault;
  const passes = async (at: InsertMoment) => insert === undefined || passAll(state.traps[at], insert);
  if (fault.how !== 'pass') state.faulted++;
  if (fault.how === 'answer') {
    response.writeHead(fault.status).end(fault.text);
    return;
  }
  if (!(await passes('request'))) return response.destroy();
  const upstream = forward(port, request, response, body.length);
  const middle = body.length / 2;
  await new Promise((resolve) => upstream.write(body.subarray(0, middle), resolve));
  if (fault.how === 'cut-half' || !(await passes('half'))) return response.destroy();
  upstream.end(body.subarray(middle));
  const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
  const answered = await buffer(answer);
  if (!(await passes('answer'))) return response.destroy();
  response.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
}

/** Asks ClickHouse the same; a request that ends on one side ends on the other. */
function forward(
  port: number,
  { url, method, headers }: IncomingMessage,
  response: ServerResponse,
  length: number,
) {
  const { 'transfer-encoding': _, ...others } = headers;
  const upstream = send({
    host: '127.0.0.1',
    port,
    path: url,
    method,
    headers: { ...others, 'content-length': length },
    agent: false,
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  return upstream;
}

function insertOf({ url = '/' }: IncomingMessage): Insert | undefined {
  const query = new URL(url, 'http://localhost').searchParams.get('query') ?? '';
  const table = /^\s*INSERT\s+INTO\s+[`"]?([\w.]+)/i.exec(query)?.[1];
  return table === undefined ? undefined : { table };
}
