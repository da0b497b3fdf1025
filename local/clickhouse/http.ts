import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Engine, EngineResult, Summary } from './engine.ts';
import { type EngineFault, engineFault, httpStatus } from './faults.ts';
import { type Ask, readAsk } from './request.ts';

const compress = promisify(gzip);

// The quickest level that is worth it: the way is the loopback interface.
const GZIP_LEVEL = 1;
const KEEP_ALIVE_MS = 30_000;

const CONTENT_TYPES: [RegExp, string][] = [
  [/EachRow|NDJSON|JSONL/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^CSVWithNames/, 'text/csv; charset=UTF-8; header=present'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(TSV|TabSeparated)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|BSON|RawBLOB|Npy)/, 'application/octet-stream'],
];

/** A server that speaks ClickHouse's HTTP interface over an engine. It does not listen yet. */
export function createClickHouseServer(engine: Engine): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(engine, request, response).catch((fault) => {
      // The client has gone, or an answer has half gone out: nobody can be told any more.
      response.destroy();
      if (!request.destroyed) console.error(fault);
    });
  });
  return server;
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (fromForeignPage(request)) return plain(response, 403, 'Pages of other sites may not ask.\n');
  if (request.method !== 'GET' && request.method !== 'POST' && request.method !== 'HEAD') {
    return plain(response, 405, 'GET and POST are taken.\n');
  }
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return plain(response, 200, 'Ok.\n');
  if (url.pathname !== '/' && url.pathname !== '/query') {
    return plain(response, 404, `There is no handle ${url.pathname}\n`);
  }
  if (request.method !== 'POST' && !url.searchParams.has('query')) return plain(response, 200, 'Ok.\n');
  await answerQuery(engine, request, response, url);
}

/** Without a password, any web page that the user opens could write here by a form's POST. */
function fromForeignPage({ headers: { origin } }: IncomingMessage): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
}

async function answerQuery(engine: Engine, request: IncomingMessage, response: ServerResponse, url: URL) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const ask = await readAsk(request, url);
    const result = await engine.run({ ...ask, signal: gone.signal });
    await sendResult(response, ask, result);
  } catch (thrown) {
    if (gone.signal.aborted) return;
    sendFault(request, response, engineFault(thrown));
  }
}

async function sendResult(response: ServerResponse, ask: Ask, { body, summary }: EngineResult) {
  const { statement, defaultFormat } = ask;
  const format = (statement.kind === 'query' ? statement.format : undefined) ?? defaultFormat;
  const bytes = ask.gzip ? await compress(body, { level: GZIP_LEVEL }) : body;
  response.writeHead(200, {
    ...commonHeaders(ask.queryId),
    'Content-Type': CONTENT_TYPES.find(([names]) => names.test(format))?.[1] ?? 'text/plain; charset=UTF-8',
    'Content-Length': bytes.length,
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Summary': JSON.stringify(summaryFields(summary, body.length)),
    ...(ask.gzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(bytes);
}

function sendFault(request: IncomingMessage, response: ServerResponse, { code, message }: EngineFault) {
  // What is left of a refused body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.setHeader('X-ClickHouse-Exception-Code', code);
  plain(response, httpStatus(code), `${message}\n`);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...commonHeaders(), 'Content-Type': 'text/plain; charset=UTF-8' });
  response.end(text);
}

function commonHeaders(queryId?: string) {
  return {
    ...(queryId === undefined ? {} : { 'X-ClickHouse-Query-Id': queryId }),
    'X-ClickHouse-Server-Display-Name': 'local',
    'X-ClickHouse-Timezone': 'UTC',
  };
}

/** All values are text, as 64-bit numbers are in ClickHouse's JSON. */
function summaryFields(summary: Summary, resultBytes: number) {
  return {
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: String(resultBytes),
    elapsed_ns: String(summary.elapsedNs),
  };
}
