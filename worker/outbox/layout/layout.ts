import { createHash } from 'node:crypto';

/** How an app's events are laid out over its outboxes, and how they were before. */
export interface Layout {
  /** 1, 2, 3, … : one more with each change. */
  readonly generation: number;
  readonly shards: number;
  /** Each other number of shards that there was, once. */
  readonly earlier: readonly EarlierLayout[];
}

/** A number of shards that an app had before. */
export interface EarlierLayout {
  readonly shards: number;
  /**
   * From when on, milliseconds since 1970, no outbox took an event by it; undefined while some may: until all of them
   * are fenced, an event could be kept where it was already looked for in vain.
   */
  readonly endedMs: number | undefined;
}

/** Where an event belongs, and where else it may be kept already. */
export interface Homes {
  readonly home: string;
  readonly earlier: readonly string[];
}

/**
 * The outboxes of a key, by the layout and by those before it.
 * @param sinceMs what was kept before, milliseconds since 1970, is no longer remembered
 */
export function homesOf(app: string, key: string, { shards, earlier }: Layout, sinceMs: number): Homes {
  const home = outboxName(app, shardOf(key, shards));
  const remembered = earlier.filter(({ endedMs = Number.POSITIVE_INFINITY }) => endedMs >= sinceMs);
  const names = new Set(remembered.map((each) => outboxName(app, shardOf(key, each.shards))));
  names.delete(home);
  return { home, earlier: [...names] };
}

/** Numbers of shards: the one that holds, and those that held before. */
interface Counts {
  readonly shards: number;
  readonly earlier: readonly { readonly shards: number }[];
}

/** The names of all outboxes that an app has, or had by an earlier layout and that may still hold its events. */
export function outboxNames(app: string, { shards, earlier }: Counts): string[] {
  const most = Math.max(shards, ...earlier.map((each) => each.shards));
  return Array.from({ length: most }, (_, shard) => outboxName(app, shard));
}

/** The shard of a key: the same as long as the number of shards is, so that a partition key keeps its order. */
export function shardOf(key: string, shards: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}

function outboxName(app: string, shard: number): string {
  return `${app}/${shard}`;
}
