import { type IRequest, type RequestHandler, Router } from 'itty-router';
import { admit, decodeSegment } from './admit/admit.ts';
import { createAuthenticator } from './admit/authenticate.ts';
import { createRedactor } from './admit/redact.ts';
import { answer } from './answer.ts';
import type { Settings } from './config.ts';
import type { Env } from './env.ts';
import { store } from './outbox/client.ts';
import { KnownLayouts } from './outbox/layout/known-layouts.ts';
import { withSingleSlashes } from './path.ts';
import { problem } from './problem.ts';
import { ledgerOf, refusedStatus } from './refused/status.ts';
import { Tally } from './refused/tally.ts';
import { outboxStatus } from './status.ts';

const DAY_MS = 86_400_000;

/** Every route of the edge, and what each does, top to bottom: admit, store, answer. */
export function createRouter(settings: Settings) {
  const authenticator = createAuthenticator(settings);
  const admission = { authenticator, redact: createRedactor(settings.REDACT_KEYS), settings };
  const tally = new Tally(Object.keys(settings.WEBHOOK_TOKENS));
  const layouts = new KnownLayouts(settings.OUTBOX_SHARDS);
  const dedupMs = settings.DEDUP_DAYS * DAY_MS;
  const router = Router<IRequest, [Env, ExecutionContext]>({
    // Never the error's own text: it may quote what was sent.
    catch: (error) => {
      console.error(
        JSON.stringify({ level: 'error', event: 'request-failed', error: error?.name ?? 'unknown' }),
      );
      return problem(503, 'Service Unavailable', 'The request could not be finished. Send it again.', {
        'retry-after': '5',
      });
    },
  });

  router.post('/webhooks/:app/:token', async (request, env, context) => {
    const ending = await admit(request, admission);
    if (ending.outcome === 'admitted') {
      const objects = { outboxes: env.OUTBOX, records: env.LAYOUTS, layouts, dedupMs };
      return answer(await store(objects, ending));
    }
    // The vendor will not send it again. Beside the answer: whether anything is written must not show in its time.
    if (tally.note(decodeSegment(request.params.app), ending.outcome)) {
      context.waitUntil(tally.handOverSoon(ledgerOf(env.REFUSALS)));
    }
    return answer(ending);
  });
  router.all('/webhooks/:app/:token', () => methodNotAllowed('POST'));

  reads('/healthz', () => new Response('ok\n'));
  reads('/status', async (request, env) => {
    if (!authenticator.isAdmin(request)) return adminOnly();
    const { outboxes } = await outboxStatus({ outboxes: env.OUTBOX, records: env.LAYOUTS }, settings);
    return Response.json({ outboxes, refused: await refusedStatus(tally, env.REFUSALS) });
  });

  router.all('*', () =>
    problem(404, 'Not Found', 'There is no such route. Webhooks go to POST /webhooks/{app}/{token}.'),
  );

  /** A route that answers GET, and HEAD alike: of that answer, the runtime leaves out the body. */
  function reads(path: string, handler: RequestHandler<IRequest, [Env, ExecutionContext]>): void {
    router.get(path, handler).head(path, handler);
    router.all(path, () => methodNotAllowed('GET, HEAD'));
  }
  return {
    fetch: (request: Request, env: Env, context: ExecutionContext): Promise<Response> =>
      router.fetch(withSingleSlashes(request), env, context),
  };
}

function methodNotAllowed(allow: string): Response {
  return problem(405, 'Method Not Allowed', `This route takes ${allow} only.`, { allow });
}

function adminOnly(): Response {
  return problem(401, 'Unauthorized', 'This route needs the header Authorization: Bearer {ADMIN_TOKEN}.', {
    'www-authenticate': 'Bearer',
  });
}
