import type { Context, MiddlewareHandler } from 'hono';
import { isLoopback } from '../../loopback.ts';
import { problem } from '../api/problem.ts';
import type { DashboardToken } from './token.ts';

/**
 * Lets those through who may read.
 * @param token who shows it may; undefined only where the server listens on this machine alone
 * @param refuse what the others get
 */
export function guard(
  token: DashboardToken | undefined,
  refuse: (c: Context) => Response = signInFirst,
): MiddlewareHandler {
  if (token === undefined) return (c, next) => (isOwnName(c.req.header('host')) ? next() : wrongHost());
  return (c, next) => (token.opens(c) ? next() : Promise.resolve(refuse(c)));
}

function signInFirst(): Response {
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

async function wrongHost(): Promise<Response> {
  return problem(
    421,
    'The dashboard does not have this name',
    'Open it as http://127.0.0.1 or http://localhost; to serve it under another name, set DASHBOARD_TOKEN.',
  );
}
