import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readBody } from './body.ts';
import type { EngineRequest } from './engine.ts';
import { serverFault } from './faults.ts';
import { readStatement } from './statement.ts';

/** What a client asks for, out of the URL, the headers and the body. */
export type Ask = Omit<EngineRequest, 'signal'> & { queryId: string; gzip: boolean };

/** The user that may not write. Passwords are not looked at: the server listens on this machine alone. */
const READER = 'reader';

// Parameters of the interface, accepted and without a meaning here; all others are settings.
const INTERFACE = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'quota_key',
  'stacktrace',
  'buffer_size',
  'wait_end_of_query',
  'client_protocol_version',
  'session_timeout',
  'session_check',
  'close_session',
]);

// Asked for in vain, these would give wrong answers, not only other ones. ClickHouse's own block compression
// (`compress`) is not gzip, which is there.
const NOT_HERE = ['session_id', 'role', 'compress', 'decompress'];

/**
 * Reads a request to ClickHouse's HTTP interface.
 * @throws EngineFault with the code that ClickHouse would give
 */
export async function readAsk(request: IncomingMessage, url: URL): Promise<Ask> {
  const { searchParams: params } = url;
  const header = (name: string) => request.headers[`x-clickhouse-${name}`]?.toString();
  const body = request.method === 'POST' ? await readBody(request) : Buffer.alloc(0);
  const settings = readSettings(params);
  const user = params.get('user') ?? header('user') ?? basicUser(request.headers.authorization);
  const format = params.get('default_format') ?? header('format');
  return {
    statement: readStatement(joined(params.get('query') ?? '', body)),
    database: nonEmpty(params.get('database') ?? header('database')),
    settings,
    // As on a server: what a browser's address bar can send does not write.
    readonly: request.method !== 'POST' || user === READER,
    defaultFormat: nonEmpty(format) ?? 'TabSeparated',
    queryId: nonEmpty(params.get('query_id')) ?? randomUUID(),
    gzip: settings.get('enable_http_compression') === '1' && acceptsGzip(request),
  };
}

/** A query in the URL goes before the body, which then is data, or the rest of the statement. */
function joined(query: string, body: Buffer): Buffer {
  if (query === '') return body;
  return body.length === 0 ? Buffer.from(query) : Buffer.concat([Buffer.from(`${query}\n`), body]);
}

function readSettings(params: URLSearchParams): Map<string, string> {
  for (const name of NOT_HERE) {
    const value = params.get(name) ?? '';
    if (value === '' || value === '0') continue;
    throw serverFault('notImplemented', `The parameter ${name} is not supported by the local ClickHouse`);
  }
  return new Map([...params].filter(([name]) => !INTERFACE.has(name) && !NOT_HERE.includes(name)));
}

function basicUser(authorization: string | undefined): string | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, 'base64').toString().split(':', 1)[0];
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '');
}

function nonEmpty(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}
