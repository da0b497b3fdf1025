import type { KafkaMessage } from 'kafkajs';
import type { Allocate, Place } from '../../persist/slabs.ts';
import { Copies } from './record-memory.ts';
import { type BatchHead, RecordMessage } from './record-message.ts';

/**
 * Messages that are hardly ever looked at again, in as little memory as can be: their records as bytes, less the value
 * where that stands in a row as well, and no object for each.
 */
export class KeptMessages {
  readonly #copies: Copies;
  /** Of each record: its batch, where its bytes were copied to, and how many; those before its value first. */
  readonly #heads: BatchHead[] = [];
  readonly #slabs: Buffer[] = [];
  readonly #from: number[] = [];
  readonly #before: number[] = [];
  readonly #after: number[] = [];
  /** And where its value stands. */
  readonly #valueSlabs: Buffer[] = [];
  readonly #valueFrom: number[] = [];
  readonly #valueLengths: number[] = [];
  /** Messages of kafkajs's own reader are kept as they are. */
  readonly #others: KafkaMessage[] = [];

  constructor(allocate: Allocate) {
    this.#copies = new Copies(allocate);
  }

  /** @param value where the message's value stands, for as long as the message is kept; undefined where it does not */
  add(message: KafkaMessage, value: Place | undefined): void {
    if (!(message instanceof RecordMessage)) return void this.#others.push(message);
    const { record, batch } = message;
    const [valueFrom, valueTo] = value === undefined ? [record.length, record.length] : message.valueRange;
    const [before, after] = [valueFrom, record.length - valueTo];
    const { slab, from } = this.#copies.reserve(before + after);
    record.copy(slab, from, 0, valueFrom);
    record.copy(slab, from + before, valueTo);
    this.#heads.push(batch);
    this.#slabs.push(slab);
    this.#from.push(from);
    this.#before.push(before);
    this.#after.push(after);
    this.#valueSlabs.push(value?.slab ?? slab);
    this.#valueFrom.push(value?.from ?? 0);
    this.#valueLengths.push(valueTo - valueFrom);
  }

  /** The messages as they came, made anew, in memory of their own. */
  all(): readonly KafkaMessage[] {
    return [
      ...this.#others,
      ...this.#heads.map((head, index) => new RecordMessage(head, this.#record(index))),
    ];
  }

  #record(index: number): Buffer {
    const [from = 0, before = 0, after = 0] = [this.#from[index], this.#before[index], this.#after[index]];
    return Buffer.concat([
      slice(this.#slabs[index], from, before),
      slice(this.#valueSlabs[index], this.#valueFrom[index] ?? 0, this.#valueLengths[index] ?? 0),
      slice(this.#slabs[index], from + before, after),
    ]);
  }
}

function slice(slab: Buffer | undefined, from: number, length: number): Buffer {
  return slab?.subarray(from, from + length) ?? Buffer.alloc(0);
}
