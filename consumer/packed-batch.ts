import type { KafkaMessage } from 'kafkajs';
import { isCanary } from '../schemas/canary.ts';
import type { EventHead } from '../schemas/event.ts';
import { KeptMessages } from './intake/records/kept-messages.ts';
import { RecordMessage } from './intake/records/record-message.ts';
import { PackedRows } from './persist/packed-rows.ts';
import { type Lease, type Place, SLABS, type Slabs } from './persist/slabs.ts';
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

  constructor({ topic, partition, messages }: Messages, deadLetterTopic: string, slabs: Memory = SLABS) {
    this.length = messages.length;
    this.bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
    this.#place = { topic, partition };
    this.#deadLetterTopic = deadLetterTopic;
    this.#lease = slabs.lease(this.bytes);
    this.rows = new PackedRows(this.#lease.take);
    this.#kept = new KeptMessages(this.#lease.take);
    for (const message of messages) this.#add({ topic, partition, message });
    releaseRecords(messages);
  }

  /**
   * The same messages as works, which are taken apart.
   * @param standing tables of which all rows stand already
   */
  unpacked(standing: ReadonlySet<string>): Unsettled[] {
    return this.#kept.all().map((message) => {
      const work = prepare({ ...this.#place, message }, this.#deadLetterTopic);
      const next = work.rows.findIndex(({ table }) => !standing.has(table));
      return { work, standing: next < 0 ? work.rows.length : next, failure: work.failure };
    });
  }

  /** Gives its memory to others. To be called once all its rows stand. */
  release(): void {
    this.#lease.end();
  }

  #add(source: Source): void {
    let payload: Place | undefined;
    const write = (rows: readonly UnwrittenRow[]) => {
      if (rows[0]?.table !== EVENTS_TABLE) return rows.map(written);
      payload = this.rows.add(rows);
      return [];
    };
    const work = prepareFor<TableRow>(source, this.#deadLetterTopic, write);
    this.#kept.add(source.message, payload);
    const { event, failure } = work;
    if (event !== undefined && payload !== undefined) this.ids.push(event.id);
    if (event === undefined || failure !== undefined || isCanary(event)) {
      this.rest.push({ work: { ...work, source: copied(source) }, standing: 0, failure });
    } else if (event.traceparent === undefined) this.receivedMs.push(event.receivedMs);
    else this.traced.push({ source: copied(source), event });
  }
}

/** The same, in memory of its own: that of the records is soon another's. */
function copied(source: Source): Source {
  const { message } = source;
  return { ...source, message: message instanceof RecordMessage ? message.copy() : message };
}

function releaseRecords(messages: readonly KafkaMessage[]): void {
  const records = messages.filter((message) => message instanceof RecordMessage);
  for (const memory of new Set(records.map(({ batch }) => batch.memory))) memory.release();
}

function sizeOf(message: KafkaMessage): number {
  return message instanceof RecordMessage ? message.record.length : bytesOf(message);
}
