import { setTimeout as sleep } from 'node:timers/promises';
import { Progress } from '../../consumer/cli/progress.ts';
import { type Arrivals, askArrivals } from './arrivals.ts';
import type { Context } from './context.ts';
import type { Webhook } from './webhooks.ts';

const EVERY_MS = 1_000;

/** What is waited for. */
export interface Awaited {
  readonly webhooks: readonly Webhook[];
  /** What had come before the registration, which was at `sinceMs`. */
  readonly before: Arrivals;
  readonly sinceMs: number;
  /** Undefined: without end. */
  readonly waitMs: number | undefined;
}

/** Waits for the first event of each kind, with a line that says how many have come. @returns whether all did */
export async function waitForEvents(context: Context, awaited: Awaited): Promise<boolean> {
  const { settings, url, out } = context;
  const { webhooks, before, sinceMs, waitMs = Infinity } = awaited;
  let missing: readonly Webhook[] = webhooks;
  {
    using progress = new Progress();
    for (;;) {
      const now = await askArrivals(settings, url.app);
      const hasCome = ({ kind }: Webhook) => hasComeSince(kind, before, now, sinceMs);
      for (const webhook of missing.filter(hasCome)) {
        progress.clear();
        out.say(`✓ the first event of ${webhook.name} has come.`);
      }
      missing = missing.filter((each) => !hasCome(each));
      if (missing.length === 0 || Date.now() - sinceMs > waitMs) break;
      const names = missing.map(({ name }) => name).join(', ');
      const trouble = now.troubles.length === 0 ? '' : ` ${now.troubles.join(' ')}`;
      progress.show(
        'events',
        webhooks.length - missing.length,
        webhooks.length,
        out.clean(`waiting for ${names}.${trouble}`),
      );
      await sleep(EVERY_MS);
    }
  }
  for (const { name } of missing)
    out.say(`✗ no event of ${name} has come. Make one happen; look whether the vendor can reach the URL.`);
  return missing.length === 0;
}

/** Either side may see it first, and either may be out of reach. */
function hasComeSince(kind: string, before: Arrivals, now: Arrivals, sinceMs: number): boolean {
  const { accepted, lastMs } = now.of(kind);
  if (lastMs !== undefined && lastMs >= sinceMs) return true;
  const earlier = before.of(kind).accepted;
  return accepted !== undefined && earlier !== undefined && accepted > earlier;
}
