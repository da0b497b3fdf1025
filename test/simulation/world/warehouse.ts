import { ClickHouseError } from '@clickhouse/client';
import type { RowSink, Rows } from '../../../consumer/persist/row-sink.ts';
import { type Row, readRows } from '../../support/row-binary.ts';
import type { Simulation } from './simulation.ts';

/** How ClickHouse misbehaves; numbers are chances. */
export interface WarehouseFaults {
  isDown: boolean;
  loseRequest: number;
  loseAnswer: number;
  /** Of an insert that ends half-way: some of its rows stand, and the connection is gone. */
  breakHalfway: number;
  slow: number;
  tooManyParts: number;
  /** Tables that take no row. */
  readonly refusing: Set<string>;
  /** Whether an insert with this row in it fails as if ClickHouse had no memory for it; others go in. */
  isTooMuch: (table: string, row: Row) => boolean;
}

/** Rows of one insert that stand, as they were sent. */
export interface Written {
  readonly table: string;
  readonly rows: readonly Buffer[];
}

interface Sent {
  readonly bytes: Buffer;
  readonly row: Row;
}

const REQUEST_TIMEOUT_MS = 20_000;
const HOUR_MS = 3_600_000;

/**
 * A ClickHouse of ReplacingMergeTree tables: a row inserted again replaces the one of its sort key and partition, and
 * a read never sees both. An insert may be served although nobody waits for it any more.
 */
export class Warehouse implements RowSink {
  readonly faults: WarehouseFaults = {
    isDown: false,
    loseRequest: 0,
    loseAnswer: 0,
    breakHalfway: 0,
    slow: 0,
    tooManyParts: 0,
    refusing: new Set(),
    isTooMuch: () => false,
  };
  /** All that was ever taken, what was sent again too, in the order in which it was. */
  readonly written: Written[] = [];
  readonly #sim: Simulation;
  /** Whether a table's column refuses the row. */
  readonly #isPoison: (table: string, row: Row) => boolean;
  readonly #tables = new Map<string, Map<string, Row>>();

  constructor(sim: Simulation, isPoison: (table: string, row: Row) => boolean) {
    this.#sim = sim;
    this.#isPoison = isPoison;
  }

  /** The rows of a table as a read with FINAL sees them. */
  rows(table: string): readonly Row[] {
    return [...(this.#tables.get(table)?.values() ?? [])];
  }

  has(table: string, column: string, value: string): boolean {
    return this.rows(table).some((row) => row[column] === value);
  }

  /** As the consumer's sink has it. What is inserted must stay as it is until that has ended. */
  async insert(table: string, { pieces }: Rows, signal: AbortSignal): Promise<void> {
    const sent = Buffer.concat(pieces);
    try {
      await this.#serve(table, sent, signal);
    } finally {
      if (!sent.equals(Buffer.concat(pieces))) this.#sim.violate(`rows of ${table} changed on their way`);
    }
  }

  answers(): Promise<boolean> {
    const { random } = this.#sim;
    return this.#sim.call(random.between(0.5, 20), random.between(0.5, 20), () => !this.faults.isDown);
  }

  #serve(table: string, sent: Buffer, signal: AbortSignal): Promise<void> {
    const sim = this.#sim;
    const { random } = sim;
    const caller = sim.current;
    return new Promise((resolve, reject) => {
      const fail = (error: Error, ms: number) => void sim.schedule(ms, () => reject(error), caller);
      signal.addEventListener('abort', () => fail(new Error('aborted'), 0), { once: true });
      if (signal.aborted || random.chance(this.faults.loseRequest)) return fail(new Error('reset'), 1);
      fail(new Error('timeout'), REQUEST_TIMEOUT_MS);
      const isHeard = !random.chance(this.faults.loseAnswer);
      const serve = () => {
        try {
          this.#apply(table, readRows(table, sent));
          if (isHeard) sim.schedule(random.between(0.5, 20), resolve, caller);
          else if (random.chance(0.7)) fail(new Error('reset'), 5);
        } catch (error) {
          if (isHeard && error instanceof Error) fail(error, 5);
        }
      };
      sim.schedule(
        random.chance(this.faults.slow) ? random.between(500, 30_000) : random.between(1, 30),
        serve,
        sim.world,
      );
    });
  }

  #apply(table: string, sent: readonly Sent[]): void {
    const { random } = this.#sim;
    if (this.faults.isDown) throw refusedConnection();
    if (this.faults.refusing.has(table)) throw refusal('242', 'TABLE_IS_READ_ONLY');
    if (sent.some(({ row }) => this.faults.isTooMuch(table, row)))
      throw refusal('241', 'MEMORY_LIMIT_EXCEEDED');
    if (random.chance(this.faults.tooManyParts)) throw refusal('252', 'TOO_MANY_PARTS');
    const poisonAt = sent.findIndex(({ row }) => this.#isPoison(table, row));
    if (poisonAt >= 0) {
      // What was parsed before it may stand or not, as blocks happen to have been written.
      if (random.chance(0.3)) this.#write(table, sent.slice(0, poisonAt));
      throw refusal('6', 'CANNOT_PARSE_TEXT');
    }
    if (random.chance(this.faults.breakHalfway)) {
      this.#write(table, sent.slice(0, random.integer(0, sent.length)));
      throw new Error('reset');
    }
    this.#write(table, sent);
  }

  #write(table: string, sent: readonly Sent[]): void {
    if (sent.length > 0) this.written.push({ table, rows: sent.map(({ bytes }) => bytes) });
    const stored = this.#tables.get(table) ?? new Map<string, Row>();
    this.#tables.set(table, stored);
    for (const { row } of sent) stored.set(sortKey(table, row), row);
  }
}

function refusedConnection(): Error {
  return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
}

function refusal(code: string, type: string): ClickHouseError {
  return new ClickHouseError({ code, type, message: 'refused' });
}

/** A row's partition and sort key, as the migrations have them. */
function sortKey(table: string, row: Row): string {
  const {
    received_at: received,
    occurred_at: occurred,
    outbox,
    sequence,
    app_id: app,
    event_id: event,
    id,
  } = row;
  if (table === 'dead_letters_rows') return String(id);
  if (table === 'events_rows') return [hourOf(received), outbox, sequence, event].join('|');
  return [hourOf(occurred), app, event].join('|');
}

function hourOf(time: unknown): number {
  return Math.floor(Number(time) / HOUR_MS);
}
