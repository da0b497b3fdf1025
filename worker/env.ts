import type { Limiter } from './admit/strangers.ts';
import type { ErasingObject } from './erase.ts';
import type { OutboxObject } from './outbox/client.ts';
import type { Named, RecordObject } from './outbox/layout/known-layouts.ts';
import type { OutboxStatus } from './outbox/status.ts';
import type { LedgerObject } from './refused/status.ts';

/** The bindings that are not settings, as far as they are asked: Durable Objects by names, and the rate limiter. */
export interface Env {
  readonly OUTBOX: Named<OutboxObject & ErasingObject & { status(name: string): Promise<OutboxStatus> }>;
  readonly LAYOUTS: Named<RecordObject>;
  readonly REFUSALS: Named<LedgerObject>;
  /** Where the platform has it. */
  readonly STRANGERS?: Limiter;
}
