import type { Settings } from './config.ts';
import { type Layout, outboxNames, recordName } from './outbox/layout/layout.ts';
import type { Outbox, OutboxStatus } from './outbox/outbox.ts';

/** What an outbox says of itself, or that it did not answer. */
type Entry = OutboxStatus | Unavailable;

interface Unavailable {
  readonly outbox: string;
  readonly unavailable: true;
}

/** The state of every outbox that there is, those of earlier layouts too, for `GET /status`. */
export async function outboxStatus(
  outboxes: DurableObjectNamespace<Outbox>,
  settings: Settings,
): Promise<{ readonly outboxes: readonly Entry[] }> {
  const entries = Object.keys(settings.WEBHOOK_TOKENS).map((app) => entriesOf(app, outboxes, settings));
  return { outboxes: (await Promise.all(entries)).flat() };
}

async function entriesOf(
  app: string,
  outboxes: DurableObjectNamespace<Outbox>,
  { OUTBOX_SHARDS: shards }: Settings,
): Promise<Entry[]> {
  const layout = await recordedLayout(app, outboxes);
  const isUnavailable = layout !== undefined && 'unavailable' in layout;
  const others = layout === undefined || isUnavailable ? [] : [layout, ...layout.earlier];
  const names = outboxNames(app, { shards, earlier: others });
  const entries = await Promise.all(names.map((name) => statusOf(outboxes, name)));
  return isUnavailable ? [...entries, layout] : entries;
}

/** An app's layout; undefined before its first event. Without an answer, nobody knows which other outboxes there are. */
async function recordedLayout(
  app: string,
  outboxes: DurableObjectNamespace<Outbox>,
): Promise<Layout | Unavailable | undefined> {
  const name = recordName(app);
  try {
    return await outboxes.getByName(name).layout();
  } catch {
    return { outbox: name, unavailable: true };
  }
}

async function statusOf(outboxes: DurableObjectNamespace<Outbox>, name: string): Promise<Entry> {
  try {
    return await outboxes.getByName(name).status(name);
  } catch {
    return { outbox: name, unavailable: true };
  }
}
