import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

const HOST = '127.0.0.1';
/**
 * Below those that systems give to outgoing connections, by which a port would be taken between its choice and its
 * use.
 */
const RANGE = { first: 20_000, pairs: 6_000 };
const MAX_TRIES = 1_000;

/** Whether a port on 127.0.0.1 can be listened on now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await tryListen(port);
  if (server !== undefined) await close(server);
  return server !== undefined;
}

/**
 * A port on 127.0.0.1 that nobody listens on, and that no other call gives, in any process, for as long as this one
 * runs: it is for a program that is yet to be started. The port after it stays open as the sign of that.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = RANGE.first + 2 * randomInt(RANGE.pairs);
    const sign = await tryListen(port + 1);
    if (sign === undefined) continue;
    if (await isPortFree(port)) return port;
    await close(sign);
  }
  throw new Error(`no free port was found on ${HOST} from ${RANGE.first} on`);
}

/** Listens, unless the port is taken; that keeps no process alive. */
function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (fault: NodeJS.ErrnoException) =>
      fault.code === 'EADDRINUSE' ? resolve(undefined) : reject(fault),
    );
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server.unref()));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
