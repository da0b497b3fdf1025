import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { DurableStorage } from '../../../worker/outbox/keeper.ts';
import type { SqlValue } from '../../../worker/outbox/storage.ts';
import { databaseBytes } from '../../worker/sqlite-storage.ts';
import type { Simulation } from './simulation.ts';

/** How the disk behaves; all are chances. */
export interface DiskFaults {
  /** Of a write that fails, as on a full disk. */
  refuseWrite: number;
  /** Of a commit that takes seconds. */
  slow: number;
}

/**
 * A Durable Object's storage with the commits of the real one: what a turn writes, the alarm included, becomes
 * durable some time later and as a whole; what is not durable when the object dies is gone.
 */
export class Disk {
  alarmAtMs: number | null = null;
  durableAlarmAtMs: number | null = null;
  /** Whether nothing, not even a table, has become durable yet. */
  isEmpty = true;
  /** Called whenever something has become durable. */
  onDurable: () => void = () => {};
  readonly faults: DiskFaults = { refuseWrite: 0, slow: 0 };
  readonly #sim: Simulation;
  readonly #database = new DatabaseSync(':memory:');
  readonly #statements = new Map<string, StatementSync>();
  #hasChanges = false;
  #waiting: (() => void)[] = [];

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** The storage as an object's code sees it. */
  readonly storage: DurableStorage = {
    sql: this.#sql(),
    transactionSync: (work) => this.#transaction(work),
    sync: () => this.#sync(),
    getAlarm: () => this.#sim.call(0.1, 0.1, () => this.alarmAtMs),
    setAlarm: (atMs) => {
      this.#change();
      this.alarmAtMs = atMs;
      return this.#sim.call(0.1, this.#sim.random.between(0, 3), () => undefined);
    },
  };

  #sql(): DurableStorage['sql'] {
    const database = this.#database;
    return {
      exec: (query, ...bindings) => this.#exec(query, bindings as SQLInputValue[]) as [],
      get databaseSize() {
        return databaseBytes(database);
      },
    };
  }

  clearAlarm(): void {
    this.#change();
    this.alarmAtMs = null;
  }

  /** The object died. */
  loseWhatIsNotDurable(): void {
    if (this.#hasChanges) this.#database.exec('ROLLBACK');
    this.#hasChanges = false;
    this.#waiting = [];
    this.alarmAtMs = this.durableAlarmAtMs;
  }

  /** Rows as they stand now; for checks. */
  rows<Row>(query: string): Row[] {
    return this.#prepare(query).all() as Row[];
  }

  /** The outbox's counters as they stand now, by name. */
  counters(): Record<string, number> {
    if (this.isEmpty) return {};
    const [state] = this.rows<{ value: string }>('SELECT value FROM state');
    return JSON.parse(state?.value ?? '{}');
  }

  /** Whether anything is to be published, as far as is written. */
  get isPending(): boolean {
    const { pending = 0, set_aside: setAside = 0 } = this.counters();
    return pending > setAside;
  }

  close(): void {
    this.#database.close();
  }

  #exec(query: string, bindings: SQLInputValue[]): Record<string, SqlValue>[] {
    const verb = query.trimStart().slice(0, 6).toUpperCase();
    if (verb === 'SELECT') return this.#prepare(query).all(...bindings) as Record<string, SqlValue>[];
    this.#change();
    if (verb === 'CREATE') {
      this.#database.exec(query);
      return [];
    }
    if (this.#sim.random.chance(this.faults.refuseWrite)) throw new Error('SQLITE_FULL');
    return this.#prepare(query).all(...bindings) as Record<string, SqlValue>[];
  }

  #prepare(query: string): StatementSync {
    const prepared = this.#statements.get(query) ?? this.#database.prepare(query);
    this.#statements.set(query, prepared);
    return prepared;
  }

  #transaction<Result>(work: () => Result): Result {
    this.#change();
    this.#database.exec('SAVEPOINT work');
    try {
      const result = work();
      this.#database.exec('RELEASE work');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK TO work; RELEASE work');
      throw error;
    }
  }

  #change(): void {
    if (this.#hasChanges) return;
    this.#hasChanges = true;
    this.#database.exec('BEGIN');
    const { random, world } = this.#sim;
    const ms = random.chance(this.faults.slow) ? random.between(100, 3_000) : random.between(0.2, 8);
    this.#sim.schedule(ms, () => this.#commit(), world);
  }

  #commit(): void {
    // After a death there is nothing to commit, or already something younger, which may as well be durable now.
    if (!this.#hasChanges) return;
    this.#database.exec('COMMIT');
    this.#hasChanges = false;
    this.isEmpty = false;
    this.durableAlarmAtMs = this.alarmAtMs;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
    this.onDurable();
  }

  #sync(): Promise<void> {
    const sim = this.#sim;
    if (!this.#hasChanges) return sim.call(0, 0.1, () => undefined);
    const caller = sim.current;
    return new Promise((resolve) => {
      this.#waiting.push(() => sim.schedule(sim.random.between(0, 2), resolve, caller));
    });
  }
}
