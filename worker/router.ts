import { admit, type Entrance } from './admit/admit.ts';
import { createAuthenticator } from './admit/authenticate.ts';
import { createRedactor } from './admit/redact.ts';
import { answer } from './answer.ts';
import type { Settings } from './config.ts';
import type { Env } from './env.ts';
import { store } from './outbox/client.ts';
import { KnownLayouts } from './outbox/layout/known-layouts.ts';
import { segmentsOf } from './path.ts';
import { problem } from './problem.ts';
import { ledgerOf, refusedStatus } from './refused/status.ts';
import { Tally } from './refused/tally.ts';
import { outboxStatus } from './status.ts';

const DAY_MS = 86_400_000;

/** Every route of the edge, and what each does: admit, store, answer. */
export function createRouter(settings: Settings) {
  const authenticator = createAuthenticator(settings);
  const admission = { authenticator, redact: createRedactor(settings.REDACT_KEYS), settings };
  const tally = new Tally(Object.keys(settings.WEBHOOK_TOKENS));
  const layouts = new KnownLayouts(settings.OUTBOX_SHARDS);
  const dedupMs = settings.DEDUP_DAYS * DAY_MS;

  const route = async (request: Request, env: Env, context: ExecutionContext): Promise<Response> => {
    const { method, url } = request;
    const [root, app, token, ...more] = segmentsOf(url);
    if (root === 'webhooks' && app !== undefined && token !== undefined && more.length === 0) {
      return method === 'POST' ? take(request, { app, token }, env, context) : methodNotAllowed('POST');
    }
    if (app !== undefined || (root !== 'healthz' && root !== 'status')) return notFound();
    // Of the answer to HEAD, the runtime leaves out the body.
    if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed('GET, HEAD');
    return root === 'healthz' ? new Response('ok\n') : status(request, env);
  };

  const take = async (request: Request, entrance: Entrance, env: Env, context: ExecutionContext) => {
    const ending = await admit(request, entrance, admission);
    if (ending.outcome === 'admitted') {
      const objects = { outboxes: env.OUTBOX, records: env.LAYOUTS, layouts, dedupMs };
      return answer(await store(objects, ending));
    }
    // The vendor will not send it again. Beside the answer: whether anything is written must not show in its time.
    if (tally.note(entrance.app, ending.outcome)) {
      context.waitUntil(tally.handOverSoon(ledgerOf(env.REFUSALS)));
    }
    return answer(ending);
  };

  const status = async (request: Request, env: Env) => {
    if (!authenticator.isAdmin(request)) return adminOnly();
    const { outboxes } = await outboxStatus({ outboxes: env.OUTBOX, records: env.LAYOUTS }, settings);
    return Response.json({ outboxes, refused: await refusedStatus(tally, env.REFUSALS) });
  };

  return {
    fetch: (request: Request, env: Env, context: ExecutionContext): Promise<Response> =>
      route(request, env, context).catch(failed),
  };
}

/** Never with the error's own text: it may quote what was sent. */
function failed(error: unknown): Response {
  const name = error instanceof Error ? error.name : 'unknown';
  console.error(JSON.stringify({ level: 'error', event: 'request-failed', error: name }));
  const detail = 'The request could not be finished. Send it again.';
  return problem(503, 'Service Unavailable', detail, { 'retry-after': '5' });
}

function notFound(): Response {
  return problem(404, 'Not Found', 'There is no such route. Webhooks go to POST /webhooks/{app}/{token}.');
}

function methodNotAllowed(allow: string): Response {
  return problem(405, 'Method Not Allowed', `This route takes ${allow} only.`, { allow });
}

function adminOnly(): Response {
  return problem(401, 'Unauthorized', 'This route needs the header Authorization: Bearer {ADMIN_TOKEN}.', {
    'www-authenticate': 'Bearer',
  });
}
