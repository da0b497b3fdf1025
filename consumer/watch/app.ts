import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';

const MAX_URL_CHARACTERS = 8_192;

/** Nothing inline, nothing from elsewhere, nobody's frame. */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/**
 * The app that everything which the consumer serves is put on: what all answers have in common, and what is answered
 * where there is no route, or where a handler throws. Hono, which the Worker does without: it brings HEAD, 405,
 * compression, cookies and these headers along.
 */
export function createApp(log: Logger): Hono {
  const app = new Hono();
  app.use(compress({ encoding: 'gzip' }));
  app.use(
    secureHeaders({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      xFrameOptions: 'DENY',
      // TLS, where there is any, ends before this server: whether a browser must use it is said there.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    if (c.req.url.length > MAX_URL_CHARACTERS) return c.text('This URL is too long.\n', 414);
    await next();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
    return undefined;
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        return c.text(`This takes ${allow} only.\n`, 405, { allow });
      },
    }),
  );
  app.notFound((c) => c.text('There is nothing here.\n', 404));
  app.onError((err, c) => {
    // Who has hung up in the middle of a request reads no answer, and is no fault of ours.
    if (!c.req.raw.signal.aborted) log.error({ err, path: c.req.path }, 'a request could not be answered');
    return c.text('This could not be answered; the log says why.\n', 500);
  });
  return app;
}
