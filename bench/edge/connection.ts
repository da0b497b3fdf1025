import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What is waited for on a connection. */
interface Waiting {
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = '\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3}) /;
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * One HTTP connection that posts, one request at a time. Node's own client takes longer over a request than the
 * emptiest Worker over its answer, on the cores that both share: it would be what is measured.
 */
export class Connection {
  readonly #socket: Socket;
  #received = '';
  #waiting: Waiting | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the Worker closed the connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Posts a body and gives the answer's status. */
  post(path: string, body: string): Promise<number> {
    const length = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(
        `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-length: ${length}${HEAD_END}${body}`,
      );
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.slice(0, headEnd);
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error('the answer does not say how long it is'));
      return;
    }
    if (this.#received.length < headEnd + HEAD_END.length + Number(length)) return;
    this.#received = '';
    this.#waiting?.resolve(Number(STATUS.exec(head)?.[1]));
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
  }
}
