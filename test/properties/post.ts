import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the edge answered. */
export interface Answer {
  readonly status: number;
  readonly id?: string;
  readonly kind?: string;
  readonly duplicate?: boolean;
  readonly problems?: readonly string[];
}

export interface Post {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  /** Sent in chunks, its length untold. */
  readonly isChunked?: boolean;
}

/** Posts bytes as they are. */
export async function post(url: string, { bytes, headers = {}, isChunked = false }: Post): Promise<Answer> {
  const body = isChunked ? new Blob([bytes]).stream() : bytes;
  const response = await fetch(url, { method: 'POST', headers, body, ...(isChunked && { duplex: 'half' }) });
  const answer = (await response.json()) as Omit<Answer, 'status'>;
  return { ...answer, status: response.status };
}

/** Sends a request head and body as they stand, however wrong, and closes; gives all that comes back. */
export async function sendRaw(url: string, head: readonly string[], body: string): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
  // A connection that is cut is an answer as well.
  return text(socket).catch(() => '');
}
