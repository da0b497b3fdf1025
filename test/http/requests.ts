import fc from 'fast-check';
import type { Sending } from './socket.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'];
const PATHS = [
  '/',
  '/sign-in',
  '/healthz',
  '/metrics',
  '/api/queries',
  '/api/queries/filters',
  '/api/queries/session-list.csv',
  '/assets/x/page.css',
  '//evil.example/',
  'http://evil.example/',
];
const QUERY_NAMES = ['app', 'from', 'to', 'tz', 'token', 'view', 'limit', 'agent', 'hour'];
const HEADER_NAMES = [
  'accept-encoding',
  'authorization',
  'content-encoding',
  'content-type',
  'cookie',
  'if-none-match',
  'range',
  'upgrade',
  'x-forwarded-proto',
];
/** What decides where a request ends: with anything in it, few are taken for requests at all. */
const FRAMING = ['content-length', 'transfer-encoding', 'expect', 'host', 'connection'];

/** Text of any bytes, each as the Latin-1 letter that it stands for on the wire. */
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString('latin1'));
/** What may stand in a header's value. */
const fieldText = (maxLength: number) =>
  bytes(maxLength).map((text) => text.replace(/[^\t -~\x80-\xff]/g, ''));
const inUrl = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((text) => encodeURIComponent(text.toWellFormed()).replaceAll('%2F', '/'));

/** Mostly what keeps the form of a request, so that it is read, and now and then anything at all. */
const mostly = (usual: fc.Arbitrary<string>, unusual: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 19, arbitrary: usual }, unusual);

const query = fc
  .array(fc.tuple(fc.constantFrom(...QUERY_NAMES), mostly(inUrl, bytes(30))), { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

const target = fc
  .tuple(mostly(fc.constantFrom(...PATHS), bytes(20)), fc.oneof(fc.constant(''), inUrl), query)
  .map(([path, more, asked]) => `${path}${more}${asked === '' ? '' : `?${asked}`}`);

const header = fc
  .tuple(
    mostly(fc.constantFrom(...HEADER_NAMES), fc.oneof(fc.constantFrom(...FRAMING), bytes(20))),
    mostly(fieldText(60), bytes(30)),
  )
  .map(([name, value]) => `${name}: ${value}`);

/** A request that mostly has the form of one, and may hold anything. @param token opens the dashboard */
const request = (token: string) =>
  fc
    .record({
      isSignedIn: fc.boolean(),
      method: mostly(fc.constantFrom(...METHODS), bytes(12)),
      target,
      host: mostly(fc.constantFrom('127.0.0.1', 'localhost:8080', 'evil.example'), fieldText(30)),
      headers: fc.array(header, { maxLength: 6 }),
      body: bytes(300),
    })
    .map(({ isSignedIn, method, target: path, host, headers, body }) => {
      const framing = [`host: ${host}`, `content-length: ${body.length}`, 'connection: close'];
      if (isSignedIn) framing.push(`authorization: Bearer ${token}`);
      return `${[`${method} ${path} HTTP/1.1`, ...framing, ...headers].join('\r\n')}\r\n\r\n${body}`;
    });

/** What a client may do to a port: requests of any content, garbage, and both broken off. */
export const sendings = (token: string): fc.Arbitrary<Sending> =>
  fc
    .record({
      text: fc.oneof({ weight: 9, arbitrary: request(token) }, bytes(400)),
      hangsUpAfter: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat({ max: 600 })),
    })
    .map(({ text, hangsUpAfter }) => ({ bytes: Buffer.from(text, 'latin1'), hangsUpAfter }));
