import type { Env } from '../../../../worker/env.ts';
import { outboxNames } from '../../../../worker/outbox/layout/layout.ts';
import { Outbox as RealOutbox } from '../../../../worker/outbox/outbox.ts';
import { createRouter } from '../../../../worker/router.ts';
import { settings } from '../../../../worker/settings.ts';
import { countRows } from './count-rows.ts';

export { Layouts } from '../../../../worker/outbox/layout/layouts.ts';
export { Refusals } from '../../../../worker/refused/refusals.ts';

/** The real outbox, which also tells how many rows it has written since it was made. */
export class Outbox extends RealOutbox {
  readonly #rowsWritten: () => number;

  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    // Before anything of the outbox runs.
    const rowsWritten = countRows(context.storage);
    super(context, env);
    this.#rowsWritten = rowsWritten;
  }

  rowsWritten(): number {
    return this.#rowsWritten();
  }
}

interface CountedEnv extends Pick<Env, 'LAYOUTS' | 'REFUSALS'> {
  readonly OUTBOX: DurableObjectNamespace<Outbox>;
}

const router = createRouter(settings);
const names = Object.keys(settings.WEBHOOK_TOKENS).flatMap((app) =>
  outboxNames(app, { shards: settings.OUTBOX_SHARDS, earlier: [] }),
);

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/rows-written') return router.fetch(request, env, context);
    const counts = await Promise.all(names.map((name) => env.OUTBOX.getByName(name).rowsWritten()));
    return Response.json({ rows_written: counts.reduce((sum, count) => sum + count, 0) });
  },
} satisfies ExportedHandler<CountedEnv>;
