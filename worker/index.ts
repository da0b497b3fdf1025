import type { Env } from './env.ts';
import { createRouter } from './router.ts';
import { settings } from './settings.ts';

export { Outbox } from './outbox/outbox.ts';

const router = createRouter(settings);

export default {
  fetch: (request, env) => router.fetch(request, env),
} satisfies ExportedHandler<Env>;
