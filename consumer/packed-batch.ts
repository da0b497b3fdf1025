import type { KafkaMessage } from 'kafkajs';
import { isCanary } from '../schemas/canary.ts';
import type { EventHead } from '../schemas/event.ts';
import { KeptMessages } from './intake/records/kept-messages.ts';
import { RecordMessage } from './intake/records/record-message.ts';
import { PackedRows } from './persist/packed-rows.ts';
import { type Lease, SLABS, type Slabs } from './persist/slabs.ts';
import { EVENTS_TABLE, written } from './persist/tables.ts';
import { prepare, prepareFor } from './prepare.ts';
import { bytesOf } from './settle/lots.ts';
import type { Source, TableRow, Unsettled, UnwrittenRow } from './work.ts';

/** Messages of one partition, in their order. */
export interface Messages {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

/** Where rows are written. */
export type Memory = Pick<Slabs, 'lease'>;

/** An event that came with a trace, and the message that it came in. */
export interface Traced {
  readonly source: Source;
  readonly event: EventHead;
}

/**
 * What the messages of a batch ask for, while it waits to be stored: rows as bytes, and no object for each message, of
 * which tens of thousands wait. Nearly all of them need nothing else; for what goes wrong, all is made anew.
 */
export class PackedBatch {
  readonly length: number;
  /** What the messages come to, in bytes. */
  readonly bytes: number;
  readonly rows: PackedRows;
  /** The events whose rows are packed. */
  readonly ids: string[] = [];
  /** When those were received that ask for nothing but their rows, in milliseconds since 1970; and those with a trace. */
  readonly receivedMs: number[] = [];
  readonly traced: Traced[] = [];
  /** What asks for anything else beside the rows that are packed, or for other rows. */
  readonly rest: Unsettled[] = [];
  readonly #place: Omit<Messages, 'messages'>;
  readonly #deadLetterTopic: string;
  readonly #lease: Lease;
  readonly #kept: KeptMessages;
  #isUnpacked = false;

  constructor({ topic, partition, messages }: Messages, deadLetterTopic: string, slabs: Memory = SLABS) {
    this.length = messages.length;
    this.bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
    this.#place = { topic, partition };
    this.#deadLetterTopic = deadLetterTopic;
    this.#lease = slabs.lease(this.bytes);
    this.rows = new PackedRows(this.#lease.take);
    this.#kept = new KeptMessages(messages);
    for (const message of messages) this.#add({ topic, partition, message });
  }

  /**
   * The same messages as works, which are taken apart.
   * @param standing tables of which all rows stand already
   */
  unpacked(standing: ReadonlySet<string>): Unsettled[] {
    this.#isUnpacked = true;
    return this.#kept.all().map((message) => {
      const work = prepare({ ...this.#place, message }, this.#deadLetterTopic);
      const next = work.rows.findIndex(({ table }) => !standing.has(table));
      return { work, standing: next < 0 ? work.rows.length : next, failure: work.failure };
    });
  }

  /** Gives its memory to others. To be called once all is stored, and no insert can be on its way any more. */
  release(): void {
    if (this.#isUnpacked) return;
    this.#lease.end();
    this.#kept.release();
  }

  #add(source: Source): void {
    const work = prepareFor(source, this.#deadLetterTopic, (rows) => this.#write(rows));
    const { event, rows, failure } = work;
    if (event !== undefined && rows.length === 0) this.ids.push(event.id);
    if (event === undefined || failure !== undefined || isCanary(event)) {
      // What it stands in may be another's before all is done that it asks for.
      const message = source.message instanceof RecordMessage ? source.message.copy() : source.message;
      this.rest.push({ work: { ...work, source: { ...source, message } }, standing: 0, failure });
    } else if (event.traceparent === undefined) this.receivedMs.push(event.receivedMs);
    else this.traced.push({ source, event });
  }

  /** @returns the rows that are not packed */
  #write(rows: readonly UnwrittenRow[]): readonly TableRow[] {
    if (rows[0]?.table !== EVENTS_TABLE) return rows.map(written);
    this.rows.add(rows);
    return [];
  }
}

function sizeOf(message: KafkaMessage): number {
  return message instanceof RecordMessage ? message.record.length : bytesOf(message);
}
