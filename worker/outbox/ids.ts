import type { Counters } from './counters.ts';
import { EarlierIds } from './earlier-ids.ts';
import type { Sql } from './storage.ts';

/** How long ids are to be remembered, and how many there is room for. */
export interface Remembering {
  readonly dedupMs: number;
  readonly mostIds: number;
}

/** A table of ids: of all events from a sequence number on, up to the first one of the next generation. */
interface Generation {
  readonly generation: number;
  readonly firstSequence: number;
  /** Everything in it was stored then or later; milliseconds since 1970. */
  readonly sinceMs: number;
}

/** An id that is new, and when its event was received. */
export type NewId = readonly [id: string, receivedMs: number];

/** So many generations stand for the time of deduplication, or for the room: the oldest is dropped whole. */
const GENERATIONS = 4;
/** The most that a table takes: to drop one of so many ids takes some tenths of a second. */
export const MOST_IDS = 16_000_000;

/**
 * The ids of all events that the outbox accepted in the days of deduplication, and some time before: published ones
 * too. They stand in generations, each a table, so that to forget is to drop a table, not to delete millions of rows.
 */
export class Ids {
  readonly #sql: Sql;
  readonly #counters: Counters;
  readonly #remembering: Remembering;
  readonly #earlier: EarlierIds;
  #generations: Generation[] = [];

  constructor(sql: Sql, counters: Counters, remembering: Remembering) {
    this.#sql = sql;
    this.#counters = counters;
    this.#remembering = remembering;
    this.#earlier = new EarlierIds(sql);
    this.reload();
  }

  /** When the events were received whose ids are known, by id. */
  find(ids: readonly string[]): Map<string, number> {
    const wanted = JSON.stringify(ids);
    const found = this.#earlier.find(wanted);
    for (const { generation } of this.#generations) {
      const query = `SELECT lower(hex(id)) AS id, received_ms FROM ids_${generation}
        WHERE id IN (SELECT unhex(value) FROM json_each(?))`;
      for (const row of this.#sql.exec<{ id: string; received_ms: number }>(query, wanted)) {
        found.set(row.id, row.received_ms);
      }
    }
    return found;
  }

  /** Remembers ids that are not known yet, of the events that come after the last sequence number. */
  add(ids: readonly NewId[], nowMs: number): void {
    const { generation } = this.#current(nowMs);
    const insert = `INSERT INTO ids_${generation} SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?)`;
    this.#sql.exec(insert, JSON.stringify(ids));
  }

  /**
   * Forgets a part of what is too old, or of what there is no room for: a generation, or some thousands of the earlier
   * ids. Gives whether there may be more, and since when all is remembered, where that is for want of room.
   */
  forget(nowMs: number): { hasMore: boolean; sinceMs: number | undefined } {
    const isEarly = this.isTooMany;
    const beforeMs = isEarly ? Number.MAX_SAFE_INTEGER : nowMs - this.#remembering.dedupMs;
    if (this.#earlier.areThere) {
      const { count, hasMore } = this.#earlier.forget(beforeMs);
      this.#counters.add('forgotten', count);
      if (!isEarly) return { hasMore, sinceMs: undefined };
      return { hasMore, sinceMs: this.#earlier.oldestMs() ?? this.#generations[0]?.sinceMs ?? nowMs };
    }
    const [oldest, next] = this.#generations;
    if (oldest === undefined || next === undefined || next.sinceMs >= beforeMs) {
      return { hasMore: false, sinceMs: undefined };
    }
    this.#sql.exec(`DROP TABLE ids_${oldest.generation}`);
    this.#sql.exec('DELETE FROM generations WHERE generation = ?', oldest.generation);
    this.#counters.set('forgotten', next.firstSequence - 1);
    this.#generations.shift();
    return { hasMore: true, sinceMs: isEarly ? next.sinceMs : undefined };
  }

  /** How many are remembered. */
  get count(): number {
    return this.#counters.number('last_sequence') - this.#counters.number('forgotten');
  }

  /** Whether the oldest are to be forgotten before their time. */
  get isTooMany(): boolean {
    return this.count > this.#remembering.mostIds;
  }

  /** Forgets what was not written. */
  reload(): void {
    const query = `SELECT generation, first_sequence AS firstSequence, since_ms AS sinceMs
      FROM generations ORDER BY generation`;
    this.#generations = [...this.#sql.exec<Generation & Record<string, number>>(query)];
    this.#earlier.reload();
  }

  /** The generation that takes new ids: the last one, until it is old or large enough. */
  #current(nowMs: number): Generation {
    const last = this.#generations.at(-1);
    const { dedupMs, mostIds } = this.#remembering;
    const firstSequence = this.#counters.number('last_sequence') + 1;
    const most = Math.min(MOST_IDS, mostIds / GENERATIONS);
    const isDone =
      last === undefined ||
      nowMs - last.sinceMs >= dedupMs / GENERATIONS ||
      firstSequence - last.firstSequence >= most;
    if (!isDone) return last;
    const generation = (last?.generation ?? 0) + 1;
    // A clock that went back since: what is in the one before is older all the same.
    const sinceMs = Math.max(nowMs, last?.sinceMs ?? nowMs);
    const create = `CREATE TABLE ids_${generation} (id BLOB PRIMARY KEY, received_ms INTEGER NOT NULL) WITHOUT ROWID`;
    this.#sql.exec(create);
    this.#sql.exec('INSERT INTO generations VALUES (?, ?, ?)', generation, firstSequence, sinceMs);
    const current = { generation, firstSequence, sinceMs };
    this.#generations.push(current);
    return current;
  }
}
