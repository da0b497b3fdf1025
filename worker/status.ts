import type { Settings } from './config.ts';
import type { Named, RecordObject } from './outbox/layout/known-layouts.ts';
import { type Layout, outboxNames } from './outbox/layout/layout.ts';
import type { OutboxStatus } from './outbox/status.ts';

/** What an outbox says of itself, or that it did not answer. */
export type Entry = OutboxStatus | Unavailable;

export interface Unavailable {
  readonly outbox: string;
  readonly unavailable: true;
}

/** What of the Durable Objects is asked: of each app's record, and of each outbox. */
interface StatusObjects {
  readonly records: Named<Pick<RecordObject, 'layout'>>;
  readonly outboxes: Named<{ status(name: string): Promise<OutboxStatus> }>;
}

/** The state of every outbox that there is, those of earlier layouts too, for `GET /status`. */
export async function outboxStatus(
  objects: StatusObjects,
  settings: Pick<Settings, 'WEBHOOK_TOKENS' | 'OUTBOX_SHARDS'>,
): Promise<{ readonly outboxes: readonly Entry[] }> {
  const entries = Object.keys(settings.WEBHOOK_TOKENS).map((app) => entriesOf(app, objects, settings));
  return { outboxes: (await Promise.all(entries)).flat() };
}

async function entriesOf(
  app: string,
  { outboxes, records }: StatusObjects,
  { OUTBOX_SHARDS: shards }: Pick<Settings, 'OUTBOX_SHARDS'>,
): Promise<Entry[]> {
  const { names, unknown } = await outboxesOf(app, shards, records);
  const entries: Entry[] = await Promise.all(names.map((name) => statusOf(outboxes, name)));
  return unknown === undefined ? entries : [...entries, unknown];
}

/** The names of an app's outboxes, former ones too, and what stands for those that are not known, where some are not. */
export async function outboxesOf(
  app: string,
  shards: number,
  records: StatusObjects['records'],
): Promise<{ readonly names: readonly string[]; readonly unknown: Unavailable | undefined }> {
  const layout = await recordedLayout(app, records);
  const isUnavailable = layout !== undefined && 'unavailable' in layout;
  const others = layout === undefined || isUnavailable ? [] : [layout, ...layout.earlier];
  return {
    names: outboxNames(app, { shards, earlier: others }),
    unknown: isUnavailable ? layout : undefined,
  };
}

/** An app's layout; undefined before its first event. Without an answer, nobody knows which other outboxes there are. */
async function recordedLayout(
  app: string,
  records: StatusObjects['records'],
): Promise<Layout | Unavailable | undefined> {
  try {
    return await records.getByName(app).layout();
  } catch {
    return { outbox: `${app}/*`, unavailable: true };
  }
}

/** What an outbox says of itself. Never rejects. */
export async function statusOf(outboxes: StatusObjects['outboxes'], name: string): Promise<Entry> {
  try {
    return await outboxes.getByName(name).status(name);
  } catch {
    return { outbox: name, unavailable: true };
  }
}
