import type { Settings } from './config.ts';
import type { Env } from './env.ts';
import { type Layout, outboxNames } from './outbox/layout/layout.ts';
import type { Layouts } from './outbox/layout/layouts.ts';
import type { Outbox, OutboxStatus } from './outbox/outbox.ts';

/** What an outbox says of itself, or that it did not answer. */
type Entry = OutboxStatus | Unavailable;

interface Unavailable {
  readonly outbox: string;
  readonly unavailable: true;
}

/** The state of every outbox that there is, those of earlier layouts too, for `GET /status`. */
export async function outboxStatus(
  objects: Pick<Env, 'OUTBOX' | 'LAYOUTS'>,
  settings: Settings,
): Promise<{ readonly outboxes: readonly Entry[] }> {
  const entries = Object.keys(settings.WEBHOOK_TOKENS).map((app) => entriesOf(app, objects, settings));
  return { outboxes: (await Promise.all(entries)).flat() };
}

async function entriesOf(
  app: string,
  { OUTBOX: outboxes, LAYOUTS: records }: Pick<Env, 'OUTBOX' | 'LAYOUTS'>,
  { OUTBOX_SHARDS: shards }: Settings,
): Promise<Entry[]> {
  const layout = await recordedLayout(app, records);
  const isUnavailable = layout !== undefined && 'unavailable' in layout;
  const others = layout === undefined || isUnavailable ? [] : [layout, ...layout.earlier];
  const names = outboxNames(app, { shards, earlier: others });
  const entries = await Promise.all(names.map((name) => statusOf(outboxes, name)));
  return isUnavailable ? [...entries, layout] : entries;
}

/** An app's layout; undefined before its first event. Without an answer, nobody knows which other outboxes there are. */
async function recordedLayout(
  app: string,
  records: DurableObjectNamespace<Layouts>,
): Promise<Layout | Unavailable | undefined> {
  try {
    return await records.getByName(app).layout();
  } catch {
    return { outbox: `${app}/*`, unavailable: true };
  }
}

async function statusOf(outboxes: DurableObjectNamespace<Outbox>, name: string): Promise<Entry> {
  try {
    return await outboxes.getByName(name).status(name);
  } catch {
    return { outbox: name, unavailable: true };
  }
}
