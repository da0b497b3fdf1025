import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../consumer/loopback.ts';

/**
 * Whether a request comes from a web page of another site, which must not ask: there is no password to keep it out.
 * A page's own headers tell; one that has its own name point to this machine is told by the `Host` it must send, and
 * a navigation or an image, which carry no `Origin`, by what the browser says of their site.
 */
export function fromForeignPage({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (host !== undefined && !isLocal(`http://${host}`)) return true;
  if (origin !== undefined && !isLocal(origin)) return true;
  return site !== undefined && site !== 'none' && site !== 'same-origin';
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ''));
}
