import type { Env } from './env.ts';
import { createRouter } from './router.ts';
import { settings } from './settings.ts';

export { Layouts } from './outbox/layout/layouts.ts';
export { Outbox } from './outbox/outbox.ts';
export { Refusals } from './refused/refusals.ts';

const router = createRouter(settings);

export default {
  fetch: (request, env, context) => router.fetch(request, env, context),
} satisfies ExportedHandler<Env>;
