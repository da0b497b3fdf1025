import { type IRequest, Router } from 'itty-router';
import { traceContext } from '../schemas/trace-context.ts';
import { admit, type Entrance } from './admit/admit.ts';
import { createAuthenticator } from './admit/authenticate.ts';
import { createPrivacy } from './admit/private/privacy.ts';
import { createRedactor } from './admit/redact.ts';
import { comesTooOften } from './admit/strangers.ts';
import { answer } from './answer.ts';
import type { createCanary } from './canary.ts';
import type { Settings } from './config.ts';
import type { Env } from './env.ts';
import { eraseRoute } from './erase.ts';
import { store } from './outbox/client.ts';
import { KnownLayouts } from './outbox/layout/known-layouts.ts';
import { segmentsOf } from './path.ts';
import { problem } from './problem.ts';
import { ledgerOf, refusedStatus } from './refused/status.ts';
import { Tally } from './refused/tally.ts';
import { respond, respondText } from './respond.ts';
import { outboxStatus } from './status.ts';

const DAY_MS = 86_400_000;

type Canary = ReturnType<typeof createCanary>;

/** Every route of the edge, and what each does; a webhook's: admit, store, answer. */
export function createRouter(settings: Settings, canary?: Canary) {
  const authenticator = createAuthenticator(settings);
  const redact = createRedactor(settings.REDACT_KEYS);
  const privacy = createPrivacy(settings);
  const admission = { authenticator, redact, privacy, settings };
  const tally = new Tally(Object.keys(settings.WEBHOOK_TOKENS));
  const layouts = new KnownLayouts(settings.OUTBOX_SHARDS);
  const dedupMs = settings.DEDUP_DAYS * DAY_MS;

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
    if (ending.outcome === 'unauthorized' && (await comesTooOften(request, env.STRANGERS))) return tooOften();
    return answer(ending);
  };

  /** For an administrator alone. */
  const guarded =
    (work: (request: Request, env: Env) => Promise<Response>) => async (request: Request, env: Env) => {
      if (authenticator.isAdmin(request)) return work(request, env);
      return (await comesTooOften(request, env.STRANGERS)) ? tooOften() : adminOnly();
    };
  const status = guarded(async (_, env) => {
    const { outboxes } = await outboxStatus({ outboxes: env.OUTBOX, records: env.LAYOUTS }, settings);
    const refused = await refusedStatus(tally, env.REFUSALS);
    return respond({ outboxes, refused, canary: (await canary?.status(env)) ?? null }, 200);
  });
  const erase = guarded((request, env) =>
    eraseRoute(request, { settings, privacy, outboxes: env.OUTBOX, records: env.LAYOUTS }),
  );

  // Of the answer to HEAD, the runtime leaves out the body. A base URL that ends in a slash makes two of the first one.
  const router = Router<IRequest, [Env, ExecutionContext]>({ catch: failed })
    .get('/+healthz', healthy)
    .head('/+healthz', healthy)
    .get('/+status', status)
    .head('/+status', status)
    .all('/+(healthz|status)', () => methodNotAllowed('GET, HEAD'))
    .post('/+erase', erase)
    .all('/+erase', () => methodNotAllowed('POST'))
    .all('*', notFound);

  const fetch = (request: Request, env: Env, context: ExecutionContext): Promise<Response> => {
    // The one busy route is matched before the router: to parse its URL costs as much as half of the admission.
    const entrance = entranceOf(request.url);
    if (entrance === undefined) return router.fetch(request, env, context);
    if (request.method !== 'POST') return Promise.resolve(methodNotAllowed('POST'));
    return take(request, entrance, env, context).catch((error) => failed(error, request));
  };
  return { fetch };
}

function healthy(): Response {
  return respondText('ok\n');
}

/** The app and token of a webhook's URL; undefined for every other one. */
function entranceOf(url: string): Entrance | undefined {
  const [root, app, token, ...more] = segmentsOf(url);
  const isWebhook = root === 'webhooks' && app !== undefined && token !== undefined && more.length === 0;
  return isWebhook ? { app, token } : undefined;
}

/** Never with the error's own text: it may quote what was sent. */
function failed(error: unknown, request: Request): Response {
  const name = error instanceof Error ? error.name : 'unknown';
  const trace_id = traceContext(request.headers.get('traceparent'))?.traceId;
  console.error(JSON.stringify({ level: 'error', event: 'request-failed', trace_id, error: name }));
  const detail = 'The request could not be finished. Send it again.';
  return problem(503, 'Service Unavailable', detail, { 'retry-after': '5' });
}

function notFound(): Response {
  return problem(404, 'Not Found', 'There is no such route. Webhooks go to POST /webhooks/{app}/{token}.');
}

function methodNotAllowed(allow: string): Response {
  return problem(405, 'Method Not Allowed', `This route takes ${allow} only.`, { allow });
}

function tooOften(): Response {
  const detail = 'Too many requests without a known token came from this address. Wait a minute.';
  return problem(429, 'Too Many Requests', detail, { 'retry-after': '60' });
}

function adminOnly(): Response {
  return problem(401, 'Unauthorized', 'This route needs the header Authorization: Bearer {ADMIN_TOKEN}.', {
    'www-authenticate': 'Bearer',
  });
}
