/**
 * On every answer: nobody caches it, frames it, or takes it for anything but data. A browser that is pointed here keeps
 * to TLS, and tells no other site the URL, which may hold a token.
 */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
} as const;

/** An answer as JSON. @param headers beside those that every answer has */
export function respond(body: unknown, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...HEADERS, ...headers } });
}

/** An answer as plain text. */
export function respondText(text: string): Response {
  return new Response(text, { headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' } });
}
