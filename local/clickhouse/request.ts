import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Access, OWNER, VISITOR } from './access.ts';
import { type Encoding, encodingFor } from './answer.ts';
import { readBody } from './body.ts';
import type { EngineRequest } from './execution.ts';
import type { ExternalTable } from './external.ts';
import { serverFault } from './faults.ts';
import { isForm, readForm } from './form.ts';
import type { SessionAsk } from './sessions.ts';
import { readStatement } from './statement.ts';
import { DEFAULT_USER, type Users } from './users.ts';

/** What a client asks for, out of the URL, the headers and the body. */
export type Ask = Omit<EngineRequest, 'signal'>;

/** How the answer to a request has to be given; known before its body is read. */
export type Manner = { queryId: string; encoding: Encoding | undefined; whole: boolean };

// Parameters of the interface, which are no settings.
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
  'session_id',
  'session_timeout',
  'session_check',
  'close_session',
]);

// Asked for in vain, these would give wrong answers, not only other ones. ClickHouse's own block compression
// (`compress`) is not gzip, which is there.
const NOT_HERE = ['role', 'compress', 'decompress'];

const SESSION_SECONDS = 60;
const MOST_SESSION_SECONDS = 3600;

/** Reads how to answer. Never throws: a fault is answered in this manner too. */
export function readManner(request: IncomingMessage, params: URLSearchParams): Manner {
  const accepted = request.headers['accept-encoding']?.toString() ?? '';
  return {
    queryId: params.get('query_id') || randomUUID(),
    encoding: params.get('enable_http_compression') === '1' ? encodingFor(accepted) : undefined,
    whole: params.get('wait_end_of_query') === '1',
  };
}

/**
 * Reads a request to ClickHouse's HTTP interface.
 * @throws EngineFault with the code that ClickHouse would give
 */
export async function readAsk(
  request: IncomingMessage,
  { searchParams: params }: URL,
  { queryId }: Manner,
  users: Users,
): Promise<Ask> {
  const header = (name: string) => request.headers[`x-clickhouse-${name}`]?.toString();
  const { fields, external, body } = await readContent(request, params);
  const user = userOf(request, params);
  const access = accessOf(user, users);
  const query = params.get('query') ?? fields.get('query') ?? '';
  const tables = new Set(external.map(({ name }) => name));
  return {
    statement: readStatement(joined(query, body)),
    database: nonEmpty(params.get('database') ?? header('database')),
    settings: readSettings([...params, ...fields], tables),
    // As on a server: what a browser's address bar can send does not write.
    access: request.method === 'POST' ? access : readingOnly(access),
    defaultFormat: nonEmpty(params.get('default_format') ?? header('format')) ?? 'TabSeparated',
    queryId,
    session: readSession(params, user),
    external,
  };
}

type Content = { fields: Map<string, string>; external: ExternalTable[]; body: Buffer };

async function readContent(request: IncomingMessage, params: URLSearchParams): Promise<Content> {
  const body = request.method === 'POST' ? await readBody(request) : Buffer.alloc(0);
  if (!isForm(request)) return { fields: new Map(), external: [], body };
  const contentType = request.headers['content-type'] ?? '';
  const form = await readForm(new Uint8Array(body), contentType, (name) => params.get(name) ?? undefined);
  return { ...form, body: Buffer.alloc(0) };
}

/** A query in the URL goes before the body, which then is data, or the rest of the statement. */
function joined(query: string, body: Buffer): Buffer {
  if (query === '') return body;
  return body.length === 0 ? Buffer.from(query) : Buffer.concat([Buffer.from(`${query}\n`), body]);
}

function readSettings(params: [string, string][], tables: Set<string>): Map<string, string> {
  for (const [name, value] of params) {
    if (!NOT_HERE.includes(name) || value === '' || value === '0') continue;
    throw serverFault('notImplemented', `The parameter ${name} is not supported by the local ClickHouse`);
  }
  const ofTable = (name: string) => tables.has(name.replace(/_(format|types|structure)$/, ''));
  return new Map(
    params.filter(([name]) => !INTERFACE.has(name) && !NOT_HERE.includes(name) && !ofTable(name)),
  );
}

function readSession(params: URLSearchParams, user: string): SessionAsk | undefined {
  const id = nonEmpty(params.get('session_id'));
  if (id === undefined) return undefined;
  const seconds = Number(params.get('session_timeout') ?? SESSION_SECONDS);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_SESSION_SECONDS) {
    throw serverFault('badSessionTimeout', `session_timeout is a whole number up to ${MOST_SESSION_SECONDS}`);
  }
  const mustExist = params.get('session_check') === '1';
  // A user's sessions are its own.
  return { id: `${user}/${id}`, timeoutMs: seconds * 1000, mustExist };
}

function userOf({ headers }: IncomingMessage, params: URLSearchParams): string {
  const asked =
    params.get('user') ?? headers['x-clickhouse-user']?.toString() ?? basicUser(headers.authorization);
  return nonEmpty(asked) ?? DEFAULT_USER;
}

/** @throws EngineFault 516 for a user that is not there. No password is looked at: only this machine gets here. */
function accessOf(user: string, users: Users): Access {
  const access = users.access.get(user);
  if (access !== undefined) return access;
  throw serverFault(
    'authentication',
    `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function readingOnly(access: Access): Access {
  return access === OWNER ? VISITOR : { ...access, readsOnly: true };
}

function basicUser(authorization: string | undefined): string | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, 'base64').toString().split(':', 1)[0];
}

function nonEmpty(text: string | null | undefined): string | undefined {
  return text === null || text === '' ? undefined : text;
}
