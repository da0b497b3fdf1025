import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { AuditSettings } from '../../consumer/books/audit/settings.ts';
import type { Stream } from '../../consumer/books/audit/stream.ts';
import { CommandError } from '../../consumer/cli/command.ts';
import { rowsOf } from '../../consumer/persist/clickhouse.ts';
import { DEAD_LETTERS_TABLE, EVENTS_TABLE, FACT_TABLES } from '../../consumer/persist/tables.ts';
import { enforce, record, unreached } from './enforce.ts';
import { type Found, find, findAliases, findRooms } from './find.ts';
import { haveLanded } from './landed.ts';
import type { EraseOptions } from './options.ts';
import { longestRetention } from './retention.ts';
import { CUSTOMER_KINDS, IN_ROOMS, ROOM_TABLES, THEIR_EVENTS } from './sql.ts';
import { eraseFromOutboxes, type OutboxesErased } from './worker.ts';

/** Consumers look every two seconds whom was erased; an insert may be under way. */
const KNOWN_AFTER_MS = 4_000;

/** How much there is of a person, by place: `events`, the tables of facts, `dead_letters` and `outboxes`. */
export type Counts = Readonly<Record<string, number>>;

/** What came of it. */
export interface Outcome {
  readonly before: Counts;
  /** The same count, once more; as before when nothing was to be done. */
  readonly after: Counts;
  /** How many rooms are theirs alone, and by how many ids they are known. */
  readonly rooms: number;
  readonly ids: number;
  /** Whether all that was accepted by the start has been looked at. */
  readonly hasLanded: boolean;
  /** Outboxes that did not answer. */
  readonly silent: readonly string[];
  /** How long Kafka keeps what it has, milliseconds; undefined where that is not known. */
  readonly retentionMs: number | undefined;
}

export interface EraseDeps {
  readonly client: ClickHouseClient;
  readonly stream: Stream;
  readonly settings: AuditSettings;
  readonly show: (what: string, done: number, total: number) => void;
}

const STEPS = 7;

/**
 * Erases a customer. What waits in the outboxes goes first: it can no longer come after. What had left them by then is
 * waited for, and goes with all the rest. Whoever is killed anywhere runs it again.
 * @throws CommandError, or ClickHouse's error
 */
export async function erase(options: EraseOptions, deps: EraseDeps): Promise<Outcome> {
  const { app, customer, isDryRun, waitMs } = options;
  const { client, settings, stream, show } = deps;
  await expectNoRebuild(client);
  show('whom', 0, STEPS);
  const known = await eraseFromOutboxes(settings, { app, customer, ids: [], rooms: [], isDryRun: true });
  const aliases = await findAliases(client, { app, ids: known.ids });
  const outboxes = async (isDry: boolean): Promise<OutboxesErased> =>
    eraseFromOutboxes(settings, {
      app,
      customer,
      ids: aliases,
      rooms: await findRooms(client, { app, ids: [...known.ids, ...aliases] }),
      isDryRun: isDry,
    });
  const waiting = await outboxes(true);
  const wanted = { app, ids: waiting.ids };
  show('outboxes', 1, STEPS);
  if (!isDryRun) await outboxes(false);
  show('on its way', 2, STEPS);
  const hasLanded = await haveLanded(settings, app, stream, isDryRun ? 0 : waitMs);
  show('tables', 3, STEPS);
  const rooms = await findRooms(client, wanted);
  const found = await find(client, wanted);
  const before = { ...(await counts(client, wanted, found)), outboxes: waiting.events };
  const retentionMs = await longestRetention(settings);
  const outcome = { before, rooms: rooms.length, ids: wanted.ids.length, hasLanded, retentionMs };
  if (isDryRun) return { ...outcome, after: before, silent: waiting.silent };

  if (Object.values(before).some((n) => n > 0)) {
    await record(client, found.erasures);
    show('consumers', 4, STEPS);
    await sleep(KNOWN_AFTER_MS);
    show('rewriting', 5, STEPS);
    await enforce(client);
  }
  show('counting again', 6, STEPS);
  const left = await outboxes(true);
  const after = { ...(await counts(client, wanted, await find(client, wanted))), outboxes: left.events };
  return { ...outcome, after, silent: left.silent };
}

/** Events that are theirs or name them, and rows that are not yet as they are to be. */
async function counts(
  client: ClickHouseClient,
  { app, ids }: { readonly app: string; readonly ids: readonly string[] },
  found: Found,
): Promise<Counts> {
  const left = await unreached(client);
  const unreachedOf = (table: string) => left.get(table) ?? 0;
  const theirs = async (table: string, where = '1') => {
    const [row] = await rowsOf<{ n: number }>(
      client,
      `SELECT uniqExact(event_id) AS n FROM ${table}
       WHERE app_id = {app:String} AND event_id IN (${THEIR_EVENTS}) AND ${where}`,
      { app, ids: [...ids] },
    );
    return [table.replace(/_rows$/, ''), Math.max(row?.n ?? 0, unreachedOf(table))] as const;
  };
  const facts = CUSTOMER_KINDS.map((kind) => theirs(FACT_TABLES[kind]));
  const inRooms = Object.keys(ROOM_TABLES).map((table) => theirs(table, IN_ROOMS));
  return {
    events: Math.max(found.events, unreachedOf(EVENTS_TABLE)),
    ...Object.fromEntries(await Promise.all([...facts, ...inRooms])),
    dead_letters: Math.max(found.letters, unreachedOf(DEAD_LETTERS_TABLE)),
  };
}

/** What a rebuild has read before would be swapped in after. */
async function expectNoRebuild(client: ClickHouseClient): Promise<void> {
  const left = await rowsOf<{ name: string }>(
    client,
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND position(name, '_rows_rebuild_') > 0`,
  );
  if (left.length === 0) return;
  throw new CommandError(
    `A rebuild runs, or was interrupted and left ${left.map(({ name }) => name).join(', ')}. Let it end, or run ` +
      '"npm run rebuild" for that table once, which cleans up; then run this again.',
  );
}
