import { connect } from 'node:net';

const PATIENCE_MS = 200;

/** How a client behaves that writes bytes to a port. */
export interface Sending {
  readonly bytes: Uint8Array;
  /** Hangs up after so many of them, without waiting for an answer. */
  readonly hangsUpAfter?: number | undefined;
}

/** Writes bytes to a port. @returns the statuses of what it answers until it closes, or for 200 ms */
export function exchange(port: number, { bytes, hangsUpAfter }: Sending): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(statusesIn(Buffer.concat(answer).toString('latin1')));
    };
    const timer = setTimeout(end, PATIENCE_MS);
    // A server may reset the connection of who writes garbage.
    socket.once('error', end);
    socket.once('close', end);
    socket.on('data', (chunk) => answer.push(chunk));
    // Not `end`: a server takes that for a client that hangs up.
    if (hangsUpAfter === undefined) socket.write(bytes);
    else socket.write(bytes.subarray(0, hangsUpAfter), () => socket.resetAndDestroy());
  });
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
