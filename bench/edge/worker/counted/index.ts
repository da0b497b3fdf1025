import type { Env } from '../../../../worker/env.ts';
import { outboxNames } from '../../../../worker/outbox/layout/layout.ts';
import { Outbox as RealOutbox } from '../../../../worker/outbox/outbox.ts';
import { createRouter } from '../../../../worker/router.ts';
import { settings } from '../../../../worker/settings.ts';
import { countRows } from './count-rows.ts';

export { Layouts } from '../../../../worker/outbox/layout/layouts.ts';
export { Refusals } from '../../../../worker/refused/refusals.ts';

/** What an outbox has written. */
export interface Written {
  /** Since it was made. */
  readonly rows: number;
  /** Nothing is left to write of all that it accepted: it is published and dropped, and the alarm that saw to it rang. */
  readonly isAtRest: boolean;
}

/** The alarm that follows a commit goes off before. */
const SAFETY_MS = 5_000;

/** The real outbox, which also tells what it has written. */
export class Outbox extends RealOutbox {
  readonly #rowsWritten: () => number;

  constructor(context: DurableObjectState, env: Cloudflare.Env) {
    // Before anything of the outbox runs.
    const rowsWritten = countRows(context.storage);
    super(context, env);
    this.#rowsWritten = rowsWritten;
  }

  async written(): Promise<Written> {
    const { sql } = this.ctx.storage;
    const atMs = (await this.ctx.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    const isEmpty = sql.exec('SELECT 1 FROM segments LIMIT 1').toArray().length === 0;
    return { rows: this.#rowsWritten(), isAtRest: isEmpty && atMs > Date.now() + SAFETY_MS };
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
    const all = await Promise.all(names.map((name) => env.OUTBOX.getByName(name).written()));
    return Response.json({
      rows_written: all.reduce((sum, { rows }) => sum + rows, 0),
      is_at_rest: all.every(({ isAtRest }) => isAtRest),
    });
  },
} satisfies ExportedHandler<CountedEnv>;
