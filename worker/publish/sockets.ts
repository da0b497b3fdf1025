/// <reference path="./kafkajs-socket-factory.d.ts" />
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

/** The connection was given up, or was wanted after that. */
class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/**
 * All sockets of one client. Once they are closed, it gets no other: kafkajs goes on with what it was doing when it is
 * told to disconnect, and would connect anew and send a batch whose events have gone out another way by then.
 */
export class Sockets {
  readonly #create = createSocketFactory();
  readonly #open = new Set<Socket>();
  #isClosed = false;

  /** How the client opens a socket. @throws GivenUp after they were closed */
  readonly open: ISocketFactory = (place) => {
    if (this.#isClosed) throw new GivenUp('this client was given up');
    const socket = this.#create(place);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  /** Closes them for good. Requests that are under way fail at once, and their bytes are not sent to the end. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open) socket.destroy(new GivenUp('the connection was given up'));
    this.#open.clear();
  }
}
