import type { Layouts } from './outbox/layout/layouts.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Refusals } from './refused/refusals.ts';

/** The bindings that are not settings: what wrangler.toml gives the Worker beside its variables. */
export interface Env {
  readonly OUTBOX: DurableObjectNamespace<Outbox>;
  readonly LAYOUTS: DurableObjectNamespace<Layouts>;
  readonly REFUSALS: DurableObjectNamespace<Refusals>;
}
