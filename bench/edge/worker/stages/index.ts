import { env } from 'cloudflare:workers';
import type { Env } from '../../../../worker/env.ts';
import { createRouter } from '../../../../worker/router.ts';
import { settings } from '../../../../worker/settings.ts';
import { byFetch } from './by-fetch.ts';
import { produce } from './in-request.ts';
import { ACCEPTS_ALL, LAYOUT } from './stand-ins.ts';

export { Layouts } from '../../../../worker/outbox/layout/layouts.ts';
export { Refusals } from '../../../../worker/refused/refusals.ts';
export { StoresNothing as Outbox } from './stand-ins.ts';

type Handle = (request: Request, env: Env, context: ExecutionContext) => Promise<Response>;

const router = createRouter(settings);

/** What a webhook can cost before it is stored, and what people do instead of storing it. */
const STAGES: Readonly<Record<string, Handle>> = {
  empty: async (request) => {
    await request.text();
    return accepted();
  },
  // The Worker's own router, on an outbox that stands in the same isolate.
  admission: (request, bindings, context) =>
    router.fetch(request, { REFUSALS: bindings.REFUSALS, OUTBOX: ACCEPTS_ALL, LAYOUTS: LAYOUT }, context),
  call: (request, bindings, context) => router.fetch(request, bindings, context),
  'call-by-fetch': (request, bindings, context) =>
    router.fetch(request, { ...bindings, OUTBOX: byFetch(bindings.OUTBOX) }, context),
  kafkajs: async (request) => {
    await produce(await request.text(), settings);
    return accepted();
  },
};

const { STAGE } = env as { readonly STAGE?: string };
const handle = STAGES[STAGE ?? ''];
if (handle === undefined) throw new Error(`STAGE must be one of ${Object.keys(STAGES).join(', ')}`);

export default {
  fetch: (request, bindings, context) =>
    request.method === 'POST' ? handle(request, bindings, context) : new Response('ok\n'),
} satisfies ExportedHandler<Env>;

function accepted(): Response {
  return Response.json({ id: '', kind: '', duplicate: false }, { status: 202 });
}
