import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Reply } from './routes.ts';

// A smaller one fits into a packet anyway.
const MIN_BYTES = 1_400;
const shrink = promisify(gzip);

/** The same reply with its body compressed, for those who take it so. */
export async function compressed(reply: Reply, request: IncomingMessage): Promise<Reply> {
  const accepts = /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '');
  if (!accepts || reply.body.length < MIN_BYTES) return reply;
  const headers = { ...reply.headers, 'content-encoding': 'gzip', vary: 'accept-encoding' };
  return { ...reply, body: await shrink(reply.body), headers };
}
