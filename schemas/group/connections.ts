import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Consumer, ISocketFactory, Producer, RequestTimeoutEvent } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

/**
 * The connections to Kafka, each given up as soon as a request on it has timed out. kafkajs alone keeps such a
 * connection and repeats its requests there: where the network has forgotten it without a word, none of them will
 * ever be answered, and it would take more than a minute until everything starts anew.
 */
export class Connections {
  readonly #ofBroker = new Map<string, Set<Socket>>();

  /** Opens a connection as kafkajs itself would, and remembers it. */
  readonly open: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...named, ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const sockets = this.#of(`${host}:${port}`);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };

  watchConsumer(consumer: Consumer): void {
    consumer.on(consumer.events.REQUEST_TIMEOUT, this.#giveUp);
  }

  watchProducer(producer: Producer): void {
    producer.on(producer.events.REQUEST_TIMEOUT, this.#giveUp);
  }

  readonly #giveUp = ({ payload: { broker } }: RequestTimeoutEvent): void => {
    for (const socket of this.#of(broker)) socket.destroy(new Error('a request timed out'));
  };

  #of(broker: string): Set<Socket> {
    const sockets = this.#ofBroker.get(broker) ?? new Set();
    this.#ofBroker.set(broker, sockets);
    return sockets;
  }
}
