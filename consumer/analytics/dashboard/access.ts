import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../loopback.ts';
import { compressed } from '../../watch/compress.ts';
import type { Reply, Route } from '../../watch/routes.ts';
import { problem } from '../api/problem.ts';
import { signInByLink } from './sign-in.ts';
import type { DashboardToken } from './token.ts';

/** Sent with every reply: nothing inline, nothing from elsewhere, nobody's frame. */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export interface AccessRules {
  /** Who shows it may read. Absent only where the server listens on this machine alone. */
  readonly token: DashboardToken | undefined;
  /** What a browser is shown that has not shown the token. */
  readonly signIn: (status: number) => Reply;
}

/** The same route for those who may. */
export function guarded(route: Route, rules: AccessRules): Route {
  return {
    ...route,
    reply: async (url, request) => finished(await allowedReply(route, url, request, rules), request),
  };
}

/** The same route for everyone: what the sign-in page needs. */
export function open(route: Route): Route {
  return { ...route, reply: async (url, request) => finished(await route.reply(url, request), request) };
}

function allowedReply(route: Route, url: URL, request: IncomingMessage, { token, signIn }: AccessRules) {
  if (token === undefined) {
    return isOwnName(request.headers.host) ? route.reply(url, request) : wrongHost();
  }
  const isPage = url.pathname === '/';
  const signedIn = isPage ? signInByLink(url, request, token, signIn) : undefined;
  if (signedIn !== undefined) return signedIn;
  if (token.opens(request)) return route.reply(url, request);
  if (isPage) return signIn(401);
  return problem(401, 'Sign in first', 'Open the dashboard, or send the token as "Authorization: Bearer …".');
}

/**
 * Without a token, whoever reaches this machine's loopback may read. A web page elsewhere must not become one of them
 * by pointing its own name at 127.0.0.1 (DNS rebinding): its requests carry that name.
 */
function isOwnName(host: string | undefined): boolean {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '');
  return name !== undefined && isLoopback(name);
}

function wrongHost(): Reply {
  return problem(
    421,
    'The dashboard does not have this name',
    'Open it as http://127.0.0.1 or http://localhost; to serve it under another name, set DASHBOARD_TOKEN.',
  );
}

function finished(reply: Reply, request: IncomingMessage): Promise<Reply> {
  const headers = { 'cache-control': 'no-store', ...SECURITY_HEADERS, ...reply.headers };
  return compressed({ ...reply, headers }, request);
}
