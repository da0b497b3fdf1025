import type { IHeaders, RecordBatchEntry } from 'kafkajs';
import { readHeaders, skipHeaders } from './headers.ts';
import { Reader } from './reader.ts';
import type { RecordMemory } from './record-memory.ts';

const IS_LOG_APPEND_TIME = 0b1000;
const IS_TRANSACTIONAL = 0b1_0000;
const IS_CONTROL = 0b10_0000;

/** What a record's batch says of it. */
export interface BatchHead {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly attributes: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  /** Where its records stand. */
  readonly memory: RecordMemory;
}

/**
 * A record as the message that kafkajs hands on, with what that needs to leave out what is no message. What becomes
 * rows needs no key, no time and no object of headers: they are read when somebody asks for them.
 */
export class RecordMessage implements RecordBatchEntry {
  readonly attributes: number;
  readonly offset: string;
  readonly batch: BatchHead;
  /** All of it but its length. */
  readonly record: Buffer;
  /** Undefined where it has no value. */
  readonly #valueAt: number | undefined;
  /** They follow the value. */
  readonly #headersAt: number;
  #headers: IHeaders | undefined;

  /** @param record all of it but its length @throws UndecodableError when it is damaged anywhere */
  constructor(batch: BatchHead, record: Buffer) {
    this.batch = batch;
    this.record = record;
    const fields = new Reader(record);
    this.attributes = fields.int8();
    fields.skipVarlong();
    this.offset = (batch.firstOffset + BigInt(fields.varint())).toString();
    fields.skipVarintBytes();
    const valueLength = fields.varint();
    this.#valueAt = valueLength === -1 ? undefined : fields.skip(valueLength);
    this.#headersAt = fields.at;
    skipHeaders(fields);
  }

  /** The same message, in memory of its own. */
  copy(): RecordMessage {
    return new RecordMessage(this.batch, Buffer.from(this.record));
  }

  get timestamp(): string {
    const { attributes, maxTimestamp, firstTimestamp } = this.batch;
    if (attributes & IS_LOG_APPEND_TIME) return maxTimestamp.toString();
    return (firstTimestamp + this.#fields().varlong()).toString();
  }

  get value(): Buffer | null {
    return this.#valueAt === undefined ? null : this.record.subarray(this.#valueAt, this.#headersAt);
  }

  /** From where in the record to where its value stands. */
  get valueRange(): readonly [from: number, to: number] {
    return [this.#valueAt ?? this.#headersAt, this.#headersAt];
  }

  get key(): Buffer | null {
    const fields = this.#fields();
    fields.skipVarlong();
    fields.varint();
    return fields.varintBytes();
  }

  get headers(): IHeaders {
    this.#headers ??= readHeaders(this.headerBlock);
    return this.#headers;
  }

  /** The number of headers, and each header. */
  get headerBlock(): Buffer {
    return this.record.subarray(this.#headersAt);
  }

  get isControlRecord(): boolean {
    return (this.batch.attributes & IS_CONTROL) !== 0;
  }

  get batchContext(): { readonly producerId: string; readonly inTransaction: boolean } {
    const { producerId, attributes } = this.batch;
    return { producerId: producerId.toString(), inTransaction: (attributes & IS_TRANSACTIONAL) !== 0 };
  }

  /** Behind the attributes. */
  #fields(): Reader {
    const fields = new Reader(this.record);
    fields.int8();
    return fields;
  }
}
