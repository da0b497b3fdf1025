import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

const COOKIE = 'qiscus_stream_dashboard';
const DAYS_30_SECONDS = 30 * 86_400;

/** The token that opens the dashboard, and the cookie that a browser gets for it. */
export class DashboardToken {
  readonly #token: string;
  /** Not the token itself. Derived from it, so that it outlives a restart, holds at every consumer, and ends with it. */
  readonly #session: string;

  constructor(token: string) {
    this.#token = token;
    this.#session = digest(token, 'dashboard session').toString('base64url');
  }

  /** Whether it is the token, in a time that does not tell how much of it is right. */
  is(given: string): boolean {
    return isSame(given, this.#token);
  }

  /** Whether a request carries the cookie, or the token as `Authorization: Bearer`. */
  opens(c: Context): boolean {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (bearer !== undefined) return this.is(bearer);
    const session = getCookie(c, COOKIE);
    return session !== undefined && isSame(session, this.#session);
  }

  /** Gives the cookie to a browser that has shown the token: no script reads it, no other site's request carries it. */
  remember(c: Context): void {
    setCookie(c, COOKIE, this.#session, {
      path: '/',
      maxAge: DAYS_30_SECONDS,
      httpOnly: true,
      sameSite: 'Strict',
      secure: c.req.header('x-forwarded-proto') === 'https',
    });
  }
}

function digest(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isSame(given: string, right: string): boolean {
  return timingSafeEqual(digest('compare', given), digest('compare', right));
}
