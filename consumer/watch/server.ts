import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type Reply, type Route, text } from './routes.ts';

/**
 * Serves the routes on a host and port (0: any free one).
 * @throws the socket's error, such as EADDRINUSE
 */
export async function serve(
  routes: readonly Route[],
  { host, port }: { host: string; port: number },
  log: Logger,
): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const reply = await replyTo(routes, request).catch((error): Reply => {
      log.error({ error, path: request.url?.split('?')[0] }, 'a request could not be answered');
      return text(500, 'This could not be answered; the log says why.\n');
    });
    send(response, reply, request.method === 'HEAD');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  log.info({ url }, 'serving the dashboard, health and metrics');
  return { server, url };
}

async function replyTo(routes: readonly Route[], request: IncomingMessage): Promise<Reply> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  const here = url === null ? [] : routes.filter(({ path }) => matches(path, url.pathname));
  if (url === null || here.length === 0) return text(404, 'There is nothing here.\n');
  const wanted = request.method === 'HEAD' ? 'GET' : request.method;
  const route = here.find(({ method = 'GET' }) => method === wanted);
  if (route !== undefined) return route.reply(url, request);
  const allowed = here.map(({ method = 'GET' }) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
  return { ...text(405, `This takes ${allowed} only.\n`), headers: { allow: allowed } };
}

function matches(path: string, pathname: string): boolean {
  return path.endsWith('*') ? pathname.startsWith(path.slice(0, -1)) : pathname === path;
}

function send(
  response: ServerResponse,
  { status, contentType, body, headers }: Reply,
  headOnly: boolean,
): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(headOnly ? undefined : body);
}
