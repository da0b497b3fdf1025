import { createCanary } from './canary.ts';
import type { Env } from './env.ts';
import { createRouter } from './router.ts';
import { settings } from './settings.ts';

export { Layouts } from './outbox/layout/layouts.ts';
export { Outbox } from './outbox/outbox.ts';
export { Refusals } from './refused/refusals.ts';

const canary = settings.CANARY ? createCanary(settings) : undefined;
const router = createRouter(settings, canary);

export default {
  fetch: (request, env, context) => router.fetch(request, env, context),
  scheduled: async ({ scheduledTime }, env) => canary?.send(scheduledTime, env),
} satisfies ExportedHandler<Env>;
