import type { Settings } from './config.ts';
import type { Outbox, OutboxStatus } from './outbox/outbox.ts';

/** What an outbox says of itself, or that it did not answer. */
type Entry = OutboxStatus | { readonly outbox: string; readonly unavailable: true };

/** The state of every outbox that the settings name, for `GET /status`. */
export async function outboxStatus(
  outboxes: DurableObjectNamespace<Outbox>,
  settings: Settings,
): Promise<{ readonly outboxes: readonly Entry[] }> {
  const shards = Array.from({ length: settings.OUTBOX_SHARDS }, (_, shard) => shard);
  const names = Object.keys(settings.WEBHOOK_TOKENS).flatMap((app) =>
    shards.map((shard) => `${app}/${shard}`),
  );
  return { outboxes: await Promise.all(names.map((name) => statusOf(outboxes, name))) };
}

async function statusOf(outboxes: DurableObjectNamespace<Outbox>, name: string): Promise<Entry> {
  try {
    return await outboxes.getByName(name).status(name);
  } catch {
    return { outbox: name, unavailable: true };
  }
}
