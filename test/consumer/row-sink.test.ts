import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { clickHouseSink } from '../../consumer/persist/row-sink.ts';
import { undoAfterwards } from '../support/clean-up.ts';

const ROWS = 0x11;
const OTHERS = 0xee;
/** Far more than the network holds by itself. */
const PIECES = 500;
const PIECE_BYTES = 64 * 1024;

/** A ClickHouse that has read a little of an insert, and then does as it is told. */
async function clickHouseThat(answer: (response: ServerResponse) => void) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.once('readable', () => {
      request.read(1);
      answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const target = { url: `http://127.0.0.1:${port}`, username: 'x', password: '', database: 'x' };
  const client = clickHouseClient(target, { requestTimeoutMs: 500 });
  undoAfterwards(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { sink: clickHouseSink(client), requests };
}

/** Whatever comes of an insert until its connection is closed. */
function restOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => {});
  return new Promise((resolve) => {
    if (request.socket.destroyed) resolve(Buffer.concat(chunks));
    request.socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
}

describe('once an insert has ended, its rows are not read any more', () => {
  // Past the server's own code, which reads no more of a request that it has answered.
  const unavailable = ({ socket }: ServerResponse) =>
    socket?.write(`HTTP/1.1 500 -\r\nX-ClickHouse-Exception-Code: 202\r\nContent-Length: 1\r\n\r\nx`);

  test.each<[string, (response: ServerResponse, over: AbortController) => void]>([
    ['that was answered before all of it was sent', unavailable],
    ['that was not answered in time', () => {}],
    ['whose stay in the group is over', (_, over) => over.abort()],
    ['whose connection was cut', (response) => response.socket?.destroy()],
  ])('%s', async (_, answer) => {
    const over = new AbortController();
    const { sink, requests } = await clickHouseThat((response) => answer(response, over));
    const pieces = Array.from({ length: PIECES }, () => Buffer.alloc(PIECE_BYTES, ROWS));
    const inserted = sink.insert('events_rows', { count: PIECES, pieces }, over.signal);
    await expect(inserted).rejects.toThrow();
    for (const piece of pieces) piece.fill(OTHERS);
    const [request] = requests;
    if (request === undefined) throw new Error('nothing was sent');
    const came = await restOf(request);
    expect(came.length).toBeLessThan(PIECES * PIECE_BYTES);
    expect(came.includes(OTHERS)).toBe(false);
  });
});
