import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Answer } from './answer.ts';
import { fromForeignPage } from './door.ts';
import type { Engine } from './engine.ts';
import { EngineFault, engineFault } from './faults.ts';
import { readAsk, readManner } from './request.ts';
import type { Statement } from './statement.ts';
import type { Users } from './users.ts';

const KEEP_ALIVE_MS = 30_000;

const CONTENT_TYPES: [RegExp, string][] = [
  [/EachRow|NDJSON|JSONL/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^CSVWithNames/, 'text/csv; charset=UTF-8; header=present'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(TSV|TabSeparated)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|BSON|RawBLOB|Npy)/, 'application/octet-stream'],
];

const COMMON_HEADERS = { 'X-ClickHouse-Server-Display-Name': 'local', 'X-ClickHouse-Timezone': 'UTC' };

type Parts = { engine: Engine; users: Users };

/** A server that speaks ClickHouse's HTTP interface over an engine. It does not listen yet. */
export function createClickHouseServer(engine: Engine, users: Users): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer({ engine, users }, request, response).catch((fault) => {
      // The client has gone, or an answer has half gone out: nobody can be told any more.
      response.destroy();
      if (!request.destroyed) console.error(fault);
    });
  });
  return server;
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (fromForeignPage(request)) return plain(response, 403, 'Pages of other sites may not ask.\n');
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://localhost')) return plain(response, 400, 'This is no URL.\n');
  const url = new URL(target, 'http://localhost');
  if (request.method !== 'GET' && request.method !== 'POST' && request.method !== 'HEAD') {
    return plain(response, 405, 'GET and POST are taken.\n');
  }
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return plain(response, 200, 'Ok.\n');
  if (url.pathname !== '/' && url.pathname !== '/query') {
    return plain(response, 404, `There is no handle ${url.pathname}\n`);
  }
  if (request.method !== 'POST' && !url.searchParams.has('query')) return plain(response, 200, 'Ok.\n');
  await answerQuery(parts, request, response, url);
}

async function answerQuery(parts: Parts, request: IncomingMessage, response: ServerResponse, url: URL) {
  const manner = readManner(request, url.searchParams);
  const headers: Record<string, string> = { ...COMMON_HEADERS, 'X-ClickHouse-Query-Id': manner.queryId };
  const result = new Answer(response, { headers, encoding: manner.encoding, whole: manner.whole });
  const stop = new AbortController();
  response.once('close', () => stop.abort());
  result.once('error', (fault) => stop.abort(fault));
  try {
    const ask = await readAsk(request, url, manner, parts.users);
    const format = formatOf(ask.statement) ?? ask.defaultFormat;
    headers['X-ClickHouse-Format'] = format;
    if (format.endsWith('WithProgress')) result.sendAtOnce();
    headers['Content-Type'] =
      CONTENT_TYPES.find(([names]) => names.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
    await result.finish(await parts.engine.run({ ...ask, signal: stop.signal }, result));
  } catch (thrown) {
    if (response.destroyed) return;
    // What is left of a refused body is not read: the connection cannot be used again.
    if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close');
    const { reason } = stop.signal;
    await result.fail(reason instanceof EngineFault ? reason : engineFault(thrown));
  }
}

function formatOf(statement: Statement): string | undefined {
  return statement.kind === 'query' ? statement.format : undefined;
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...COMMON_HEADERS, 'Content-Type': 'text/plain; charset=UTF-8' });
  response.end(text);
}
