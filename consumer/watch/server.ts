import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Logger } from 'pino';

// Who sends slowly, or too much, holds a connection and nothing else. The longest query ends after 20 seconds.
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
};
const IDLE_MS = 60_000;
const MOST_CONNECTIONS = 1_000;

/**
 * Serves an app on a host and port (0: any free one). Whatever a request holds, this process goes on.
 * @throws the socket's error, such as EADDRINUSE
 */
export async function serve(
  app: Hono,
  { host, port }: { readonly host: string; readonly port: number },
  log: Logger,
): Promise<{ server: Server; url: string }> {
  const answer = getRequestListener((request) => whole(app, request, log), {
    // Everyone else in this process, the ClickHouse client too, keeps Node's own Request and Response.
    overrideGlobalObjects: false,
    // For HTTP 1.0, which needs no Host.
    hostname: 'localhost',
    // What comes here is a request that is none, such as one with a broken Host.
    errorHandler: () => new Response('This is no valid request.\n', { status: 400 }),
  });
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response).catch((err: unknown) => {
      log.error({ err }, 'an answer could not be sent');
      response.destroy();
    });
  });
  server.timeout = IDLE_MS;
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  log.info({ url }, 'serving the dashboard, health and metrics');
  return { server, url };
}

/**
 * The app's answer, read to its end before the first byte is sent: from a body that breaks off, the adapter would send
 * the error's text.
 */
async function whole(app: Hono, request: Request, log: Logger): Promise<Response> {
  try {
    const answer = await app.fetch(request);
    // One that goes on for as long as somebody listens has no end to read to; its handler answers for what it sends.
    const isWhole = answer.body === null || isEventStream(answer);
    return isWhole ? answer : new Response(await answer.arrayBuffer(), answer);
  } catch (err) {
    // The app answers what its handlers throw; this is what it cannot, such as a throw of something that is no Error.
    log.error({ err }, 'a request could not be answered');
    return new Response('This could not be answered; the log says why.\n', { status: 500 });
  }
}

function isEventStream({ headers }: Response): boolean {
  return headers.get('content-type') === 'text/event-stream';
}
