import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../local/ports.ts';

/** How a proxy treats what passes through it. */
export type ProxyMode =
  | 'pass'
  /** Refuses connections and resets those that stand: the server is gone. */
  | 'cut'
  /** Takes connections and bytes and passes none: the server hangs without closing. */
  | 'hang'
  /** Passes the client's bytes and keeps back the answers: the work is done, and nobody hears of it. */
  | 'deaf';

export type TcpProxy = {
  port: number;
  /** Changes how it treats connections, those that stand included; after 'hang' and 'deaf', 'pass' lets go on. */
  set(mode: ProxyMode): Promise<void>;
  /** Delays each piece, in each direction, by so much; 0 for none. */
  delay(delayMs: number): void;
  /** Resets the connections that stand, once; new ones are taken. */
  reset(): void;
  /** Loses all that the connections that stand still send, for ever and without closing them; new ones work. */
  forget(): void;
  /** How many bytes clients have sent in all. */
  bytesIn(): number;
  /** How often it did something else than to pass on: pieces delayed or held, connections reset or forgotten. */
  disturbed(): number;
};

/** Looks at what passes on one connection, and gives it on in its order: as it is, later, or not at all. */
export type Inspector = {
  request(bytes: Buffer): AsyncIterable<Buffer>;
  answer(bytes: Buffer): AsyncIterable<Buffer>;
};

type State = { mode: ProxyMode; delayMs: number; bytesIn: number; disturbed: number; held: Set<() => void> };
type Connection = { client: Socket; server: Socket; isForgotten: boolean };

/**
 * A TCP proxy before a server on this machine, for faults of the network; `set('cut')` ends it. A Kafka behind it
 * must advertise the proxy's port.
 * @param targetPort the server's port on 127.0.0.1
 * @param inspect gives each connection an inspector of its own
 */
export async function startTcpProxy(targetPort: number, inspect: () => Inspector = plain): Promise<TcpProxy> {
  const state: State = { mode: 'pass', delayMs: 0, bytesIn: 0, disturbed: 0, held: new Set() };
  const connections = new Set<Connection>();
  const port = await freePort();
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const connection = { client, server, isForgotten: false };
    connections.add(connection);
    for (const socket of [client, server]) prepare(socket, connection, connections);
    client.on('data', (bytes) => {
      state.bytesIn += bytes.length;
    });
    const { request, answer } = inspect();
    relay(state, connection, { from: client, to: server, heldIn: ['hang'], inspect: request });
    relay(state, connection, { from: server, to: client, heldIn: ['hang', 'deaf'], inspect: answer });
  });
  const reset = () => {
    state.disturbed += connections.size;
    for (const { client, server } of connections) for (const each of [client, server]) each.resetAndDestroy();
  };
  const close = () => new Promise<void>((resolve) => listener.close(() => resolve()));
  const set = async (mode: ProxyMode) => {
    state.mode = mode;
    if (mode === 'cut') {
      reset();
      if (listener.listening) await close();
    } else if (!listener.listening) await listen(listener, port);
    for (const release of state.held) release();
  };
  await listen(listener, port);
  const delay = (delayMs: number) => {
    state.delayMs = delayMs;
  };
  const forget = () => {
    state.disturbed += connections.size;
    for (const connection of connections) connection.isForgotten = true;
  };
  const [bytesIn, disturbed] = [() => state.bytesIn, () => state.disturbed];
  return { port, set, delay, reset, forget, bytesIn, disturbed };
}

function prepare(socket: Socket, connection: Connection, connections: Set<Connection>): void {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('close', () => {
    // The client of a forgotten connection hears nothing any more, not even that it ended.
    if (connection.isForgotten && socket === connection.server) return;
    connections.delete(connection);
    for (const each of [connection.client, connection.server]) each.destroy();
  });
}

type Way = { from: Socket; to: Socket; heldIn: ProxyMode[]; inspect: Inspector['request'] };

/** Carries bytes one way, in order; in the modes of `heldIn` it keeps them, and reads no more, until those are over. */
async function relay(state: State, connection: Connection, { from, to, heldIn, inspect }: Way) {
  try {
    for await (const bytes of from) {
      if (state.delayMs > 0 || heldIn.includes(state.mode)) state.disturbed++;
      if (state.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, state.delayMs));
      while (heldIn.includes(state.mode)) await modeChange(state);
      for await (const piece of inspect(bytes)) {
        if (!to.destroyed && !connection.isForgotten) to.write(piece);
      }
    }
    if (!connection.isForgotten) to.end();
  } catch {
    // A connection that was reset; its sockets' close handlers end the other side.
    if (!connection.isForgotten) to.destroy();
  }
}

function plain(): Inspector {
  async function* asItIs(bytes: Buffer) {
    yield bytes;
  }
  return { request: asItIs, answer: asItIs };
}

function modeChange(state: State): Promise<void> {
  return new Promise((resolve) => {
    const release = () => {
      state.held.delete(release);
      resolve();
    };
    state.held.add(release);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
