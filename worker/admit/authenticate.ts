import { createHash, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../config.ts';

/** Decides who may post for an app, and who is the administrator. */
export interface Authenticator {
  /** Whether the token is one of the app's. */
  readonly isKnown: (app: string, token: string) => boolean;
  /** Whether the request carries `Authorization: Bearer {ADMIN_TOKEN}`. */
  readonly isAdmin: (request: { headers: Headers }) => boolean;
}

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Compares digests, so that lengths tell nothing, and as many of them for an unknown app as for the app with the
 * most tokens, so that the time tells nothing either.
 */
export function createAuthenticator(settings: Settings): Authenticator {
  const tokens = new Map(
    Object.entries(settings.WEBHOOK_TOKENS).map(([app, list]) => [app, list.map(digest)]),
  );
  const comparisons = Math.max(...[...tokens.values()].map((list) => list.length), 1);
  const nobody = Buffer.alloc(32);
  const admin = digest(settings.ADMIN_TOKEN);

  return {
    isKnown: (app, token) => {
      const given = digest(token);
      const known = tokens.get(app) ?? [];
      let matches = 0;
      for (let index = 0; index < comparisons; index++) {
        matches += Number(timingSafeEqual(given, known[index] ?? nobody));
      }
      return matches > 0;
    },
    isAdmin: ({ headers }) => {
      const given = BEARER.exec(headers.get('authorization') ?? '')?.[1];
      return given !== undefined && timingSafeEqual(digest(given), admin);
    },
  };
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
