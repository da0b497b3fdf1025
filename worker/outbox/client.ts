import { createHash } from 'node:crypto';
import type { Kind } from '../../schemas/webhooks.ts';
import type { Admitted } from '../admit/admit.ts';
import type { Settings } from '../config.ts';
import type { Outbox } from './outbox.ts';

/** How storing a webhook ended. */
export type Stored =
  /** 202: durable, now or when it came first. */
  | {
      readonly outcome: 'stored';
      readonly id: string;
      readonly kind: Kind;
      readonly duplicate: boolean;
      readonly problems: readonly string[];
    }
  /** 503: nothing was stored, there is no room. */
  | { readonly outcome: 'full' }
  /** 503: the outbox did not answer; sending again is safe, the id is the same. */
  | { readonly outcome: 'unavailable' };

const ATTEMPTS = 3;

/** Stores an admitted webhook in the outbox of its app and key. */
export async function store(
  outboxes: DurableObjectNamespace<Outbox>,
  admitted: Admitted,
  settings: Settings,
): Promise<Stored> {
  const { outcome: _, problems, shardKey, ...event } = admitted;
  const name = `${event.app}/${shardOf(shardKey, settings.OUTBOX_SHARDS)}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const appended = await outboxes.getByName(name).append({ ...event, outbox: name });
      if (appended.outcome === 'full') return { outcome: 'full' };
      const { id, duplicate } = appended;
      return { outcome: 'stored', id, kind: event.kind, duplicate, problems };
    } catch (error) {
      // An object that moved or was reset is there again at once, and the vendor may never retry: ask once more.
      console.warn(
        JSON.stringify({
          level: 'warn',
          event: 'outbox-did-not-answer',
          outbox: name,
          attempt,
          error: nameOf(error),
        }),
      );
    }
  }
  return { outcome: 'unavailable' };
}

/** The shard of a key: the same for ever, so that a partition key keeps its order. */
export function shardOf(key: string, shards: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
