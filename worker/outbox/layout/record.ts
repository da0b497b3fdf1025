import type { DurableStorage } from '../keeper.ts';
import type { Layout } from './layout.ts';

/** A row for each number of shards; the one of the highest generation holds now. `ended_ms` is its `endedMs`. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS layouts (
    shards INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL UNIQUE,
    ended_ms INTEGER
  );
`;

type Row = { shards: number; generation: number; ended_ms: number | null };

/**
 * An app's record of how its events are laid out over outboxes. Every isolate of the Worker goes by it: two that were
 * started with other numbers of shards, as while a new version is rolled out, change it in turn and both follow.
 */
export class LayoutRecord {
  readonly #storage: Pick<DurableStorage, 'sql' | 'sync'>;
  readonly #now: () => number;

  constructor(storage: Pick<DurableStorage, 'sql' | 'sync'>, now: () => number) {
    this.#storage = storage;
    this.#now = now;
    storage.sql.exec(TABLE);
  }

  /** The layout that holds now, once it does so durably; undefined before the first. */
  async layout(): Promise<Layout | undefined> {
    const [current, ...earlier] = this.#rows();
    // A generation that was told and then lost with the storage's last moments would be given to another layout.
    await this.#storage.sync();
    if (current === undefined) return undefined;
    const { generation, shards } = current;
    return {
      generation,
      shards,
      earlier: earlier.map((each) => ({ shards: each.shards, endedMs: each.ended_ms ?? undefined })),
    };
  }

  /** Has events laid out over so many shards from now on. */
  adopt(shards: number): Promise<Layout> {
    const [current] = this.#rows();
    if (current?.shards !== shards) {
      const insert = 'INSERT OR REPLACE INTO layouts VALUES (?, ?, NULL)';
      this.#storage.sql.exec(insert, shards, (current?.generation ?? 0) + 1);
    }
    return this.#adopted();
  }

  /** Notes that no outbox takes events any more from who knows only layouts before this generation. */
  endEarlier(generation: number): Promise<Layout> {
    // A layout of this generation that ended since is still open: its outboxes are to be fenced once more.
    const end = 'UPDATE layouts SET ended_ms = ? WHERE ended_ms IS NULL AND generation < ?';
    this.#storage.sql.exec(end, this.#now(), generation);
    return this.#adopted();
  }

  /** @throws Error before the first layout */
  async #adopted(): Promise<Layout> {
    const layout = await this.layout();
    if (layout === undefined) throw new Error('there is no layout yet: adopt one first');
    return layout;
  }

  /** The newest first. */
  #rows(): Row[] {
    return [...this.#storage.sql.exec<Row>('SELECT * FROM layouts ORDER BY generation DESC')];
  }
}
